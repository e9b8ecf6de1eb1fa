-- SPDX-License-Identifier: Apache-2.0
-- The open case by which a system is identified again.
-- $1::int4 : realm
-- $2::text : system
SELECT id, state FROM case_current
WHERE realm_id = $1 AND system = $2 AND kind = 're-identification' AND state <> 'closed'
ORDER BY id LIMIT 1
