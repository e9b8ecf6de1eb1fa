-- SPDX-License-Identifier: Apache-2.0
-- Notices, oldest first.
-- $1::int8 : only this one; NULL: all
-- $2::text : only about this system; NULL: all
-- $3::bool : only those that wait to be sent or acknowledged
-- $4::bool : only those that are overdue
SELECT id, kind, state, realm, system, coalesce(designation_id, 0), coalesce(case_id, 0),
    from_org, from_name, to_org, to_name, basis, made::text, send_due::text, number,
    coalesce(issued::text, ''), coalesce(ack_due::text, ''), coalesce(acknowledged::text, ''),
    acknowledged_by, response, coalesce(due::text, ''), overdue, subject_zh, subject_en, text_zh,
    text_en, (extract(epoch FROM recorded) * 1000000)::int8
FROM notice_current
WHERE ($1 IS NULL OR id = $1) AND ($2 IS NULL OR system = $2) AND (NOT $3 OR due IS NOT NULL)
    AND (NOT $4 OR overdue)
ORDER BY id
