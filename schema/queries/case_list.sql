-- SPDX-License-Identifier: Apache-2.0
-- Cases: those that are overdue first, then by the day by which something is to be done.
-- $1::int8 : only this one; NULL: all
-- $2::text : only of this system; NULL: any
-- $3::bool : only those that are not closed
-- $4::bool : only those that are overdue
SELECT c.id, c.realm, c.system, coalesce(s.name, c.system), c.kind, c.class, c.state, c.since::text,
    c.opened::text, c.opened_by, coalesce(c.due::text, ''), c.action, c.overdue, c.triggers,
    coalesce(c.designation_id, 0), coalesce(c.decided_by, 0), c.pack, c.version, c.basis, c.note,
    (extract(epoch FROM c.recorded) * 1000000)::int8, coalesce(d.list_no, ''),
    coalesce(d.decision_no, ''), coalesce(d.decided::text, ''), coalesce(d.eval_id, 0),
    coalesce((extract(epoch FROM d.entered) * 1000000)::int8, 0), c.realm_id,
    coalesce(n.eval_id, 0), coalesce(n.decision_no, ''), coalesce(v.of_boundary, d.boundary_id, 0),
    coalesce((extract(epoch FROM n.entered) * 1000000)::int8, 0)
FROM case_current c
LEFT JOIN system s ON s.realm_id = c.realm_id AND s.id = c.system AND s.until_import IS NULL
LEFT JOIN designation d ON d.id = c.designation_id
LEFT JOIN designation n ON n.id = c.decided_by
LEFT JOIN boundary v ON v.id = d.boundary_id
WHERE ($1 IS NULL OR c.id = $1) AND ($2 IS NULL OR c.system = $2)
    AND (NOT $3 OR c.state <> 'closed') AND (NOT $4 OR c.overdue)
ORDER BY c.overdue DESC, c.due NULLS LAST, c.id
