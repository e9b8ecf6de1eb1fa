-- SPDX-License-Identifier: Apache-2.0
-- The newest decision on a system that was made between two days, after another one.
-- $1::int4 : realm
-- $2::text : system
-- $3::text : from this day on
-- $4::text : up to this day
-- $5::int8 : after this decision; NULL: any
SELECT d.decision_id, d.decision_no, d.decided::text
FROM designation d
WHERE d.realm_id = $1 AND d.system = $2 AND d.superseded IS NULL AND d.decided >= $3::date
    AND d.decided <= $4::date AND ($5 IS NULL OR d.decision_id > $5)
ORDER BY d.decision_id DESC LIMIT 1
