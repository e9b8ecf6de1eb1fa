-- SPDX-License-Identifier: Apache-2.0
-- Decisions as they were valid at one time, as the register knew them at another, with what an official
-- list says of each system: as it was stated then, or of one that was not, as the register last had it.
-- $1::timestamptz : valid then
-- $2::timestamptz : known then; NULL: now
-- $3::text : outcome
WITH decided AS MATERIALIZED (
    SELECT * FROM designation_at($1, $2) WHERE outcome = $3
), known AS MATERIALIZED (
    SELECT coalesce(max(id), 0) AS import FROM register_import WHERE $2 IS NULL OR imported <= $2
), stated AS MATERIALIZED (
    SELECT d.realm_id, d.system AS id, k.import AS known, n.id IS NOT NULL AS stands,
        coalesce(n.name, l.name) AS name, coalesce(n.organisation, l.organisation) AS organisation,
        coalesce(n.sector, l.sector) AS sector, coalesce(n.class, l.class) AS class,
        coalesce(n.kind, l.kind) AS kind
    FROM decided d CROSS JOIN known k
    LEFT JOIN system n ON n.realm_id = d.realm_id AND n.id = d.system AND n.until_import IS NULL
    LEFT JOIN LATERAL (SELECT x.name, x.organisation, x.sector, x.class, x.kind FROM cadastre.system x
        WHERE n.id IS NULL AND x.realm_id = d.realm_id AND x.id = d.system AND x.from_import <= k.import
        ORDER BY x.from_import DESC LIMIT 1) l ON true
)
SELECT d.decision_id, d.list_no, d.system, coalesce(s.name, d.system), d.outcome, d.pack, d.version,
    d.official, d.decision_no, d.reason, d.evidence,
    (extract(epoch FROM d.valid_from) * 1000000)::int8,
    coalesce((extract(epoch FROM d.valid_until) * 1000000)::int8, 0),
    (extract(epoch FROM d.recorded) * 1000000)::int8,
    r.name, d.eval_id, coalesce(d.boundary_id, 0), d.authority, d.decided::text, d.words,
    d.pack_sha256, p.title, p.authority, coalesce(s.organisation, ''),
    coalesce(o.name, q.name, ''), coalesce(o.credit_code, q.credit_code, ''),
    coalesce(o.division, q.division, ''), coalesce(s.sector, ''), coalesce(s.class, ''),
    coalesce(s.kind, ''), coalesce(t.final, u.final, 0), n.operator, n.report
FROM decided d
JOIN realm r USING (realm_id)
JOIN norm_pack p ON p.id = d.pack AND p.version = d.version
LEFT JOIN stated s ON s.realm_id = d.realm_id AND s.id = d.system
LEFT JOIN organisation o ON o.realm_id = s.realm_id AND o.id = s.organisation
    AND o.until_import IS NULL
LEFT JOIN LATERAL (SELECT x.name, x.credit_code, x.division FROM cadastre.organisation x
    WHERE o.id IS NULL AND x.realm_id = s.realm_id AND x.id = s.organisation
        AND x.from_import <= s.known
    ORDER BY x.from_import DESC LIMIT 1) q ON true
LEFT JOIN system_tier t ON t.realm_id = s.realm_id AND t.system = s.id AND t.until_import IS NULL
LEFT JOIN LATERAL (SELECT x.final FROM cadastre.system_tier x
    WHERE NOT s.stands AND x.realm_id = s.realm_id AND x.system = s.id AND x.from_import <= s.known
    ORDER BY x.from_import DESC LIMIT 1) u ON true
CROSS JOIN LATERAL (SELECT
    coalesce(max(c.told) FILTER (WHERE c.kind = 'identification-result'), '') AS operator,
    coalesce(max(c.told) FILTER (WHERE c.kind = 'report'), '') AS report
    FROM (SELECT x.kind, CASE x.state WHEN 'draft' THEN 'draft ' || x.id
            ELSE x.number || ' of ' || x.issued END || CASE x.state WHEN 'acknowledged'
            THEN ', acknowledged ' || x.acknowledged ELSE '' END AS told
        FROM notice x WHERE x.designation_id = d.decision_id AND x.superseded IS NULL) c) n
ORDER BY left(d.list_no, 9) COLLATE "C", length(d.list_no), d.list_no COLLATE "C",
    d.system COLLATE "C", d.id
