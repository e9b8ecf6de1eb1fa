-- SPDX-License-Identifier: Apache-2.0
-- What a file's systems hold and who works on them: data resources, contracts, remote maintenance,
-- core positions. One row an item of a statement, by kind and id. Of positions: what the holder
-- is called by the personnel office, never a person.
-- $1::int4 : realm
-- $2::text : of this system, or of its organisation as a whole; empty: none; NULL: all
WITH own AS (
    SELECT organisation AS id FROM system
    WHERE realm_id = $1 AND id = $2 AND until_import IS NULL
), said AS (
    SELECT 'data-resource' AS kind, d.id, d.name AS title, 'data' AS chapter, d.as_of,
        d.document, d.from_import, v.place, v.item, v.value, v.ref
    FROM data_resource d
    CROSS JOIN LATERAL (VALUES (1, 'organisation', d.organisation, 'organisation'),
        (2, 'system', coalesce(d.system, ''), 'system'), (3, 'level', d.level, ''),
        (4, 'class', d.class, ''), (5, 'personal-information', d.personal_information, ''),
        (6, 'volume', trim_scale(d.volume_gb) || ' GB', ''),
        (7, 'monthly-growth', trim_scale(d.monthly_growth_gb) || ' GB', ''),
        (8, 'records', trim_scale(d.records)::text, ''), (9, 'location', d.location, ''),
        (10, 'cross-border', CASE d.cross_border WHEN true THEN 'yes' WHEN false THEN 'no' END,
            ''),
        (11, 'backup', concat_ws(', ', nullif(d.backup_mode, ''),
            nullif(d.backup_frequency, ''), CASE d.backup_off_site WHEN true THEN 'off site'
                WHEN false THEN 'on site only' END), ''),
        (12, 'department', d.department, ''),
        (13, 'responsible', coalesce(d.responsible, ''), 'position'))
        AS v (place, item, value, ref)
    WHERE d.realm_id = $1 AND d.until_import IS NULL AND ($2 IS NULL OR d.system = $2)
    UNION ALL
    SELECT 'contract', c.id, c.id, 'suppliers', c.as_of, c.document, c.from_import, v.place,
        v.item, v.value, v.ref
    FROM contract c
    CROSS JOIN LATERAL (
        SELECT 4, 'system', s, 'system' FROM unnest(c.systems) AS s
        UNION ALL VALUES (1, 'supplier', c.supplier, 'organisation'),
            (2, 'organisation', c.organisation, 'organisation'), (3, 'service-kind', c.service, ''),
            (5, 'access-path', c.access_path, ''),
            (6, 'secrecy-agreement', c.secrecy_agreement, ''),
            (7, 'valid-from', c.valid_from::text, ''),
            (8, 'valid-until', c.valid_until::text, '')) AS v (place, item, value, ref)
    WHERE c.realm_id = $1 AND c.until_import IS NULL AND ($2 IS NULL OR $2 = ANY (c.systems)
        OR c.systems = '{}' AND c.organisation IN (SELECT id FROM own))
    UNION ALL
    SELECT 'remote-maintenance', m.id, m.id, 'suppliers', m.as_of, m.document, m.from_import,
        v.place, v.item, v.value, v.ref
    FROM remote_maintenance m
    CROSS JOIN LATERAL (VALUES (1, 'supplier', m.supplier, 'organisation'),
        (2, 'system', m.system, 'system'), (3, 'path', m.path, ''),
        (4, 'necessity', m.necessity, ''), (5, 'assessment', m.assessment, ''),
        (6, 'control-measures', m.controls, ''), (7, 'valid-until', m.valid_until::text, ''))
        AS v (place, item, value, ref)
    WHERE m.realm_id = $1 AND m.until_import IS NULL AND ($2 IS NULL OR m.system = $2)
    UNION ALL
    SELECT 'position', p.id, p.name, 'positions', p.as_of, p.document, p.from_import, v.place,
        v.item, v.value, v.ref
    FROM position p
    CROSS JOIN LATERAL (VALUES (1, 'organisation', p.organisation, 'organisation'),
        (2, 'system', coalesce(p.system, ''), 'system'), (3, 'holder', p.holder, ''),
        (4, 'screened-on', p.screened_on::text, ''),
        (5, 'screening-until', p.screening_until::text, ''),
        (6, 'trained-on', p.trained_on::text, '')) AS v (place, item, value, ref)
    WHERE p.realm_id = $1 AND p.until_import IS NULL AND ($2 IS NULL OR p.system = $2
        OR p.system IS NULL AND p.organisation IN (SELECT id FROM own))
), named AS (
    SELECT 'organisation' AS kind, id, name FROM organisation
    WHERE realm_id = $1 AND until_import IS NULL
    UNION ALL
    SELECT 'system', id, name FROM system WHERE realm_id = $1 AND until_import IS NULL
    UNION ALL
    SELECT 'position', id, name FROM position WHERE realm_id = $1 AND until_import IS NULL
)
SELECT s.kind, s.id, s.title, s.chapter, 'attested', 'register', s.as_of::text, s.document,
    coalesce((extract(epoch FROM i.imported) * 1000000)::int8, 0), s.item,
    coalesce(n.name || ' (' || s.value || ')', s.value), s.ref,
    CASE WHEN s.ref <> '' THEN s.value ELSE '' END
FROM said s
JOIN register_import i ON i.id = s.from_import
LEFT JOIN named n ON n.kind = s.ref AND n.id = s.value
WHERE s.value <> ''
ORDER BY array_position(ARRAY['data-resource', 'contract', 'remote-maintenance', 'position'],
        s.kind), s.id COLLATE "C", s.place, s.value COLLATE "C"
