-- SPDX-License-Identifier: Apache-2.0
-- Up to where the last identification of a realm looked.
-- $1::int4 : realm
-- $2::text : unit
SELECT packs, import_id, run_id, designation_id, justification_id,
    (extract(epoch FROM as_of) * 1000000)::int8, graph_until
FROM norm_identified WHERE realm_id = $1 AND unit = $2
