-- SPDX-License-Identifier: Apache-2.0
-- Enters a decision into the list.
-- $1::text : number on the list
-- $2::int4 : realm
-- $3::text : system
-- $4::int8 : the proposal that is accepted
-- $5::text : official
-- $6::text : number of the decision
-- $7::text : why the list changes: initial, change, norm change
-- $8::text : evidence
-- $9::timestamptz : now
-- $10::int8 : the entry that this one takes the place of
INSERT INTO designation (list_no, realm_id, system, outcome, eval_id, pack, version, pack_sha256,
    official, decision_no, reason, evidence, valid_from, recorded, replaces)
SELECT $1, $2, $3, outcome, id, pack, version, pack_sha256, $5, $6, $7, $8, $9, $9, $10
FROM norm_eval WHERE id = $4 RETURNING id
