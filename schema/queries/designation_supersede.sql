-- SPDX-License-Identifier: Apache-2.0
-- From now on the register knows that an entry ended: the row as it was is kept, and a copy
-- says until when it was valid.
-- $1::int8 : the entry
-- $2::timestamptz : now
WITH old AS (
    UPDATE designation SET superseded = $2 WHERE id = $1
    RETURNING list_no, realm_id, system, outcome, eval_id, pack, version, pack_sha256, official,
        decision_no, reason, evidence, valid_from)
INSERT INTO designation (list_no, realm_id, system, outcome, eval_id, pack, version, pack_sha256,
    official, decision_no, reason, evidence, valid_from, valid_until, recorded, replaces)
SELECT list_no, realm_id, system, outcome, eval_id, pack, version, pack_sha256, official,
    decision_no, reason, evidence, valid_from, $2, $2, $1
FROM old
