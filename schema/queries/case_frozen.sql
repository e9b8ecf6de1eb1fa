-- SPDX-License-Identifier: Apache-2.0
-- How systems stood when they were decided on, in the columns and the order of case_facts.
-- $1::int4 : realm
-- $2::text : ids, one a line
SELECT d.system, b.trigger, b.subject, b.how, b.value, b.rank, b.evidence, b.lost
FROM designation d JOIN case_baseline b ON b.designation_id = d.decision_id
WHERE d.realm_id = $1 AND d.valid_until IS NULL AND d.superseded IS NULL
    AND d.system = ANY (string_to_array($2, E'\n'))
ORDER BY d.system COLLATE "C", b.place
