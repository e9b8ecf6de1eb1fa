-- SPDX-License-Identifier: Apache-2.0
-- The entry of a system on the list, if it has one.
-- $1::int4 : realm
-- $2::text : system
SELECT id, list_no, eval_id, pack, pack_sha256, official, decision_no
FROM designation
WHERE realm_id = $1 AND system = $2 AND valid_until IS NULL AND superseded IS NULL
