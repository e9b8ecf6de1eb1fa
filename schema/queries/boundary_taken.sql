-- SPDX-License-Identifier: Apache-2.0
-- Under which version a decision on the boundary of a system was entered.
-- $1::int4 : realm
-- $2::text : system
-- $3::text : decision
SELECT version FROM boundary
WHERE realm_id = $1 AND system = $2 AND kind = 'decided' AND decision_no = $3
ORDER BY version LIMIT 1
