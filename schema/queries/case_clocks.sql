-- SPDX-License-Identifier: Apache-2.0
-- The clocks of a case that run.
-- $1::int8 : case
SELECT event, action, since::text, due::text, basis FROM case_running WHERE case_id = $1
ORDER BY due, action
