-- SPDX-License-Identifier: Apache-2.0
-- Where a file's systems stand and by what they are reached: facilities, zones, conduits, and
-- circuits, those to the Internet too. One row an item of a statement, by kind and id.
-- $1::int4 : realm
-- $2::text : of this system; empty: none; NULL: all
-- $3::int8 : where this asset stands; NULL: where the system does
-- $4::text : numbers of the system's assets, with commas
WITH near AS (
    SELECT n.prefix, n.zone, n.facility FROM subnet n
    WHERE n.realm_id = $1 AND n.until_import IS NULL AND CASE
        WHEN $3 IS NOT NULL THEN EXISTS (
            SELECT FROM address d
            WHERE d.asset_id = $3 AND d.until_run IS NULL AND d.address <<= n.prefix)
        ELSE $2 IS NULL OR EXISTS (
            SELECT FROM address d
            WHERE d.asset_id = ANY (string_to_array($4, ',')::int8[])
                AND d.until_run IS NULL AND d.address <<= n.prefix) END
), line AS (
    SELECT c.* FROM circuit c
    WHERE c.realm_id = $1 AND c.until_import IS NULL AND ($2 IS NULL OR $2 = ANY (c.systems)
        OR EXISTS (SELECT FROM near n WHERE n.prefix && ANY (c.blocks))
        OR c.systems = '{}' AND c.organisation = (SELECT s.organisation FROM system s
            WHERE s.realm_id = $1 AND s.id = $2 AND s.until_import IS NULL))
), said AS (
    SELECT 'facility' AS kind, f.id, f.name AS title, 'areas' AS chapter, f.as_of, f.document,
        f.from_import, v.place, v.item, v.value, v.ref
    FROM facility f
    CROSS JOIN LATERAL (VALUES (1, 'kind', f.kind, ''), (2, 'organisation', f.organisation,
            'organisation'), (3, 'address', f.address, ''), (4, 'division', f.division, ''),
        (5, 'importance', f.importance, '')) AS v (place, item, value, ref)
    WHERE f.realm_id = $1 AND f.until_import IS NULL AND ($2 IS NULL
        OR f.id IN (SELECT facility FROM near) OR f.id IN (SELECT facility FROM line))
    UNION ALL
    SELECT 'zone', z.id, z.name, 'boundary', z.as_of, z.document, z.from_import, v.place, v.item,
        v.value, v.ref
    FROM zone z
    CROSS JOIN LATERAL (VALUES (1, 'organisation', z.organisation, 'organisation'),
        (2, 'part-of', coalesce(z.parent, ''), 'zone'),
        (3, 'purdue-level', z.purdue_level, ''),
        (4, 'target-security-level', coalesce(z.sl_t::text, ''), ''),
        (5, 'protects', z.protects, ''), (6, 'importance', z.importance, ''),
        (7, 'function', z.function, '')) AS v (place, item, value, ref)
    WHERE z.realm_id = $1 AND z.until_import IS NULL
        AND ($2 IS NULL OR z.id IN (SELECT zone FROM near))
    UNION ALL
    SELECT 'conduit', c.id, c.name, 'boundary', c.as_of, c.document, c.from_import, v.place,
        v.item, v.value, v.ref
    FROM conduit c
    CROSS JOIN LATERAL (
        SELECT 1, 'between', z, 'zone' FROM unnest(c.zones) AS z
        UNION ALL VALUES (2, 'protocols', array_to_string(c.protocols, ' '), ''),
            (3, 'boundary-device', c.boundary_device, '')) AS v (place, item, value, ref)
    WHERE c.realm_id = $1 AND c.until_import IS NULL
        AND ($2 IS NULL OR c.zones && ARRAY(SELECT zone FROM near))
    UNION ALL
    SELECT 'circuit', c.id, c.name, 'external-links', c.as_of, c.document, c.from_import,
        v.place, v.item, v.value, v.ref
    FROM line c
    CROSS JOIN LATERAL (
        SELECT 8, 'system', s, 'system' FROM unnest(c.systems) AS s
        UNION ALL VALUES (1, 'kind', c.kind, ''),
            (2, 'organisation', c.organisation, 'organisation'),
            (3, 'carrier', coalesce(c.carrier, ''), 'organisation'),
            (4, 'number', c.number, ''), (5, 'counterpart', c.counterpart, ''),
            (6, 'bandwidth', trim_scale(c.bandwidth_mbps) || ' Mbit/s', ''),
            (7, 'addresses', array_to_string(c.blocks, ' '), ''), (9, 'device', c.device, ''),
            (10, 'facility', coalesce(c.facility, ''), 'facility'))
        AS v (place, item, value, ref)
), named AS (
    SELECT 'organisation' AS kind, id, name FROM organisation
    WHERE realm_id = $1 AND until_import IS NULL
    UNION ALL
    SELECT 'system', id, name FROM system WHERE realm_id = $1 AND until_import IS NULL
    UNION ALL
    SELECT 'zone', id, name FROM zone WHERE realm_id = $1 AND until_import IS NULL
    UNION ALL
    SELECT 'facility', id, name FROM facility WHERE realm_id = $1 AND until_import IS NULL
)
SELECT s.kind, s.id, s.title, s.chapter, 'attested', 'register', s.as_of::text, s.document,
    coalesce((extract(epoch FROM i.imported) * 1000000)::int8, 0), s.item,
    coalesce(n.name || ' (' || s.value || ')', s.value), s.ref,
    CASE WHEN s.ref <> '' THEN s.value ELSE '' END
FROM said s
JOIN register_import i ON i.id = s.from_import
LEFT JOIN named n ON n.kind = s.ref AND n.id = s.value
WHERE s.value <> ''
ORDER BY array_position(ARRAY['facility', 'zone', 'conduit', 'circuit'], s.kind),
    s.id COLLATE "C", s.place, s.value COLLATE "C"
