-- SPDX-License-Identifier: Apache-2.0
-- The day of a decision and that of its review, if that has come.
-- $1::int8 : decision
-- $2::int4 : months
-- $3::int4 : days
-- $4::text : today, YYYY-MM-DD
SELECT d.decided::text, r.due::text
FROM (SELECT max(decided) AS decided FROM designation WHERE decision_id = $1) d
CROSS JOIN LATERAL (SELECT (d.decided + make_interval(months => $2, days => $3))::date AS due) r
WHERE r.due <= $4::date
