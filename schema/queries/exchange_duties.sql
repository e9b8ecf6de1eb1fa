-- SPDX-License-Identifier: Apache-2.0
-- What a file's systems are for and who answers for them: businesses, scenarios of the filing form,
-- responsibilities, those that count for one of its assets too; and the states of the realm that
-- were frozen to compare with. One row an item of a statement, by kind and id.
-- $1::int4 : realm
-- $2::text : of this system; empty: none; NULL: all
-- $3::timestamptz : as of; NULL: now
-- $4::text : numbers of its assets, with commas
WITH told_of AS MATERIALIZED (
    SELECT DISTINCT x.subject, x.value, x.duty
    FROM asset_responsible x
    WHERE $2 IS NOT NULL AND x.asset_id = ANY (string_to_array($4, ',')::int8[])
), said AS (
    SELECT 'business' AS kind, b.id, b.name AS title, 'business' AS chapter,
        'attested' AS grade, 'register' AS method, b.as_of, b.document, b.from_import, v.place,
        v.item, v.value, v.ref
    FROM business b
    CROSS JOIN LATERAL (VALUES (1, 'organisation', b.organisation, 'organisation'),
        (2, 'sector', b.sector, ''), (3, 'function', b.function, ''),
        (4, 'key', CASE WHEN b.is_key THEN 'yes' ELSE 'no' END, ''),
        (5, 'recovery-time', trim_scale(b.rto_hours) || ' h', ''),
        (6, 'recovery-point', trim_scale(b.rpo_hours) || ' h', ''),
        (7, 'manual-fallback', trim_scale(b.fallback_hours) || ' h', ''))
        AS v (place, item, value, ref)
    WHERE b.realm_id = $1 AND b.until_import IS NULL AND ($2 IS NULL OR EXISTS (
        SELECT FROM business_support u WHERE u.realm_id = $1 AND u.system = $2
            AND u.business = b.id AND u.until_import IS NULL))
    UNION ALL
    SELECT 'scenario', s.system || ' ' || s.kind, s.kind, 'identification', 'attested',
        'register', s.as_of, s.document, s.from_import, v.place, v.item, v.value, v.ref
    FROM scenario s
    CROSS JOIN LATERAL (VALUES (1, 'system', s.system, 'system'), (2, 'role', s.role, ''),
        (3, 'service-model', s.service_model, ''), (4, 'deployment', s.deployment, ''),
        (5, 'provider', coalesce(s.provider, ''), 'organisation'),
        (6, 'platform', s.platform, ''), (7, 'platform-tier', s.platform_tier::text, ''),
        (8, 'platform-filing-no', s.platform_filing_no, ''), (9, 'place', s.place, ''),
        (10, 'parts', s.parts, ''), (11, 'transport', s.transport, ''),
        (12, 'cross-border', CASE s.cross_border WHEN true THEN 'yes' WHEN false THEN 'no' END,
            '')) AS v (place, item, value, ref)
    WHERE s.realm_id = $1 AND s.until_import IS NULL AND ($2 IS NULL OR s.system = $2)
    UNION ALL
    SELECT 'responsibility', left(encode(sha256(convert_to(concat_ws(E'\n', r.subject, r.value,
            r.duty, r.organisation, r.valid_from), 'UTF8')), 'hex'), 16),
        r.subject || ' ' || r.value, 'organisation', 'attested', 'register', r.as_of,
        r.document, r.from_import, v.place, v.item, v.value, v.ref
    FROM responsibility r
    CROSS JOIN LATERAL (VALUES
        (1, r.subject, r.value, CASE r.subject WHEN 'system' THEN 'system' ELSE '' END),
        (2, r.duty, r.organisation, 'organisation'),
        (3, 'valid-from', CASE WHEN isfinite(r.valid_from) THEN r.valid_from::text END, ''),
        (4, 'valid-until', r.valid_until::text, '')) AS v (place, item, value, ref)
    WHERE r.realm_id = $1 AND r.until_import IS NULL AND ($2 IS NULL
        OR r.subject = 'system' AND r.value = $2
        OR (r.subject, r.value, r.duty) IN (SELECT subject, value, duty FROM told_of))
), named AS (
    SELECT 'organisation' AS kind, id, name FROM organisation
    WHERE realm_id = $1 AND until_import IS NULL
    UNION ALL
    SELECT 'system', id, name FROM system WHERE realm_id = $1 AND until_import IS NULL
), told AS (
    SELECT s.kind, s.id, s.title, s.chapter, s.grade, s.method, s.as_of, s.document, i.imported,
        s.place, s.item, coalesce(n.name || ' (' || s.value || ')', s.value) AS value, s.ref,
        CASE WHEN s.ref <> '' THEN s.value ELSE '' END AS other
    FROM said s
    JOIN register_import i ON i.id = s.from_import
    LEFT JOIN named n ON n.kind = s.ref AND n.id = s.value
    WHERE s.value <> ''
    UNION ALL
    SELECT 'baseline', b.name, b.name, 'changes', 'derived', 'baseline', b.as_of::date,
        'sha256 ' || b.sha256, b.frozen, v.place, v.item, v.value, '', ''
    FROM baseline b
    CROSS JOIN LATERAL (VALUES (1, 'reason', b.reason), (2, 'assets', b.assets::text),
        (3, 'facts', b.facts::text), (4, 'of', b.filter)) AS v (place, item, value)
    WHERE (b.realm_id = $1 OR b.realm_id IS NULL) AND v.value <> '' AND $2 IS DISTINCT FROM ''
        AND ($3 IS NULL OR b.frozen <= $3)
)
SELECT t.kind, t.id, t.title, t.chapter, t.grade, t.method, t.as_of::text, t.document,
    coalesce((extract(epoch FROM t.imported) * 1000000)::int8, 0), t.item, t.value, t.ref,
    t.other
FROM told t
ORDER BY array_position(ARRAY['business', 'scenario', 'responsibility', 'baseline'], t.kind),
    CASE t.kind WHEN 'responsibility' THEN t.title ELSE '' END COLLATE "C", t.id COLLATE "C",
    t.place, t.value COLLATE "C"
