-- SPDX-License-Identifier: Apache-2.0
-- All of a realm was looked at up to here.
-- $1::int4 : realm
-- $2::text : unit
-- $3::text : the packs
-- $4::int8 : imports
-- $5::int8 : runs
-- $6::int8 : designations
-- $7::int8 : justifications
-- $8::timestamptz : when it began
-- $9::int4 : day until which what the graph answered stands; NULL: it was not kept
INSERT INTO norm_identified (realm_id, unit, packs, import_id, run_id, designation_id,
    justification_id, as_of, graph_until)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (realm_id, unit) DO UPDATE SET packs = excluded.packs,
    import_id = excluded.import_id, run_id = excluded.run_id,
    designation_id = excluded.designation_id, justification_id = excluded.justification_id,
    as_of = excluded.as_of, graph_until = excluded.graph_until
