-- SPDX-License-Identifier: Apache-2.0
-- Adds a version of a boundary.
-- $1::int4 : realm
-- $2::text : system
-- $3::text : kind
-- $4::int4 : version
-- $5::text : SHA-256
-- $6::text : rule
-- $7::text : basis
-- $8::text : businesses
-- $9::int4 : members
-- $10::int4 : notes
-- $11::int8 : the maximum boundary that was decided on; NULL: this is one
-- $12::text : official
-- $13::text : decision
-- $14::int8 : newest run
-- $15::timestamptz : valid from
-- $16::timestamptz : now
INSERT INTO boundary (realm_id, system, kind, version, sha256, rule, basis, businesses, members, notes,
    of_boundary, official, decision_no, run_id, valid_from, recorded)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
RETURNING id
