-- SPDX-License-Identifier: Apache-2.0
-- Entries of the list whose state when they were decided on is not kept, by the time from which the
-- register knew them.
-- $1::text : only of this system; NULL: all
SELECT d.decision_id, d.realm_id, d.system, (extract(epoch FROM d.entered) * 1000000)::int8
FROM designation d
WHERE d.valid_until IS NULL AND d.superseded IS NULL AND d.outcome = 'cii'
    AND ($1 IS NULL OR d.system = $1)
    AND NOT EXISTS (SELECT FROM case_baseline b WHERE b.designation_id = d.decision_id)
ORDER BY d.entered, d.realm_id, d.system COLLATE "C"
