-- SPDX-License-Identifier: Apache-2.0
-- The way of a case.
-- $1::int8 : case
SELECT e.state, e.class, e.day::text, e.actor, e.document, e.note, coalesce(d.decision_no, ''),
    (extract(epoch FROM e.recorded) * 1000000)::int8
FROM case_event e LEFT JOIN designation d ON d.id = e.designation_id
WHERE e.case_id = $1 ORDER BY e.place
