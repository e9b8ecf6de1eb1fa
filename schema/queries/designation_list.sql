-- SPDX-License-Identifier: Apache-2.0
-- Decisions as they were valid at one time, as the register knew them at another, with what an official
-- list says of each system.
-- $1::timestamptz : valid then
-- $2::timestamptz : known then; NULL: now
-- $3::text : outcome
SELECT d.decision_id, d.list_no, d.system, coalesce(s.name, d.system), d.outcome, d.pack, d.version,
    d.official, d.decision_no, d.reason, d.evidence,
    (extract(epoch FROM d.valid_from) * 1000000)::int8,
    coalesce((extract(epoch FROM d.valid_until) * 1000000)::int8, 0),
    (extract(epoch FROM d.recorded) * 1000000)::int8,
    r.name, d.eval_id, coalesce(d.boundary_id, 0), d.authority, d.decided::text, d.words,
    d.pack_sha256, p.title, p.authority, coalesce(s.organisation, ''), coalesce(o.name, ''),
    coalesce(o.credit_code, ''), coalesce(o.division, ''), coalesce(s.sector, ''),
    coalesce(s.class, ''), coalesce(s.kind, ''), coalesce(t.final, 0), n.operator, n.report
FROM designation_at($1, $2) d
JOIN realm r USING (realm_id)
JOIN norm_pack p ON p.id = d.pack AND p.version = d.version
LEFT JOIN system s ON s.realm_id = d.realm_id AND s.id = d.system AND s.until_import IS NULL
LEFT JOIN organisation o ON o.realm_id = s.realm_id AND o.id = s.organisation
    AND o.until_import IS NULL
LEFT JOIN system_tier t ON t.realm_id = s.realm_id AND t.system = s.id AND t.until_import IS NULL
CROSS JOIN LATERAL (SELECT
    coalesce(max(c.told) FILTER (WHERE c.kind = 'identification-result'), '') AS operator,
    coalesce(max(c.told) FILTER (WHERE c.kind = 'report'), '') AS report
    FROM (SELECT x.kind, CASE x.state WHEN 'draft' THEN 'draft ' || x.id
            ELSE x.number || ' of ' || x.issued END || CASE x.state WHEN 'acknowledged'
            THEN ', acknowledged ' || x.acknowledged ELSE '' END AS told
        FROM notice x WHERE x.designation_id = d.decision_id AND x.superseded IS NULL) c) n
WHERE d.outcome = $3
ORDER BY left(d.list_no, 9) COLLATE "C", length(d.list_no), d.list_no COLLATE "C",
    d.system COLLATE "C", d.id
