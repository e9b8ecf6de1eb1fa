-- SPDX-License-Identifier: Apache-2.0
-- Zones, what is in them and what leads out of them, as their dossiers have it; see
-- dossier_system.sql. An asset is in the zone of the longest subnet that holds one of its addresses.
-- $1::int4 : realm
-- $2::text : ids, one a line
-- Kept: it is asked for batch after batch.
WITH subject AS MATERIALIZED (
    SELECT r.name AS realm, x.* FROM zone x JOIN realm r USING (realm_id)
    WHERE x.realm_id = $1 AND x.until_import IS NULL AND x.id = ANY (string_to_array($2, E'\n'))
), lengths AS MATERIALIZED (
    SELECT DISTINCT family(prefix) AS family, masklen(prefix) AS length FROM subnet
    WHERE realm_id = $1 AND until_import IS NULL
), near AS MATERIALIZED (
    SELECT DISTINCT d.asset_id
    FROM subject s
    JOIN subnet b ON b.realm_id = s.realm_id AND b.zone = s.id AND b.until_import IS NULL
    CROSS JOIN LATERAL (SELECT d.asset_id FROM address d
        WHERE d.realm_id = $1 AND d.until_run IS NULL
            AND d.address >= host(network(b.prefix))::inet
            AND d.address <= host(broadcast(b.prefix))::inet
        OFFSET 0) AS d
), flow AS MATERIALIZED (
    SELECT l.asset_id, l.peer_asset_id AS peer, l.peer_address AS address, l.from_run AS run_id
    FROM near t JOIN link l ON l.asset_id = t.asset_id AND l.until_run IS NULL AND l.layer = 'flow'
    UNION
    SELECT l.peer_asset_id, l.asset_id, '0.0.0.0'::inet, l.from_run
    FROM near t JOIN link l ON l.peer_asset_id = t.asset_id AND l.until_run IS NULL
        AND l.layer = 'flow'
), placed AS MATERIALIZED (
    -- The zones of the assets near by and of those they speak with.
    SELECT x.asset_id, x.address, x.zone, x.as_of, x.document
    FROM (
        SELECT DISTINCT ON (d.asset_id, d.address) d.asset_id, d.address, b.zone, b.as_of,
            b.document
        FROM (SELECT asset_id FROM near UNION SELECT peer FROM flow WHERE peer <> 0) AS t
        JOIN address d ON d.asset_id = t.asset_id AND d.until_run IS NULL
        JOIN lengths l ON l.family = family(d.address)
        JOIN subnet b ON b.realm_id = $1 AND b.until_import IS NULL
            AND b.prefix = network(set_masklen(d.address, l.length))
        ORDER BY d.asset_id, d.address, l.length DESC) AS x
    WHERE x.zone <> ''
), zones AS MATERIALIZED (
    SELECT asset_id, array_agg(DISTINCT zone) AS zones FROM placed GROUP BY asset_id
), member AS MATERIALIZED (
    SELECT p.zone, a.asset_id, a.name, a.role, m.system,
        min(p.as_of) AS as_of, min(p.document COLLATE "C") AS document,
        greatest(a.last_run, e.last_run) AS run_id
    FROM placed p
    JOIN asset a ON a.asset_id = p.asset_id AND a.realm_id = $1
    LEFT JOIN asset_seen e ON e.asset_id = a.asset_id
    LEFT JOIN asset_member m ON m.asset_id = a.asset_id
    WHERE p.zone = ANY (string_to_array($2, E'\n')) AND a.merged_into IS NULL
        AND a.state <> 'retired'
    GROUP BY p.zone, a.asset_id, a.name, a.role, m.system, a.last_run, e.last_run
), tag AS (
    SELECT t.asset_id, string_agg(DISTINCT t.value, ' ' ORDER BY t.value) AS tags
    FROM asset_attested t WHERE t.attribute = 'tag' AND EXISTS (SELECT FROM member)
    GROUP BY t.asset_id
), spoken AS (
    -- Many meet many: a full join is never made by nested loops, whatever is thought of their number.
    SELECT f.asset_id, f.peer, f.address, f.run_id, z.zones AS theirs
    FROM flow f FULL JOIN zones z ON z.asset_id = f.peer
    WHERE coalesce(f.asset_id, 0) <> 0
), parted AS (
    SELECT f.asset_id, f.peer, f.address, f.run_id, z.zones AS ours, CASE WHEN f.peer <> 0
        THEN f.theirs ELSE ARRAY(SELECT b.zone FROM lengths l
            JOIN subnet b ON b.realm_id = $1 AND b.until_import IS NULL
                AND b.prefix = network(set_masklen(f.address, l.length))
            WHERE l.family = family(f.address) ORDER BY l.length DESC LIMIT 1) END AS theirs
    FROM spoken f FULL JOIN zones z ON z.asset_id = f.asset_id
    WHERE coalesce(f.asset_id, 0) <> 0
), crossed AS (
    SELECT DISTINCT o.zone, t.zone AS other, p.asset_id, p.peer, p.address, p.run_id
    FROM parted p
    CROSS JOIN LATERAL unnest(p.ours) AS o (zone)
    CROSS JOIN LATERAL unnest(p.theirs) AS t (zone)
    WHERE NOT coalesce(p.ours && p.theirs, true) AND t.zone <> ''
        AND o.zone = ANY (string_to_array($2, E'\n'))
), held AS (
    SELECT m.zone, m.system, count(*) AS assets, min(m.as_of) AS as_of
    FROM member m WHERE m.system IS NOT NULL GROUP BY 1, 2
)
SELECT id, element, grade, as_of::text, document, told
FROM (
    SELECT s.id, 1 AS place, 'zone' AS element, 'attested' AS grade, s.as_of,
        s.document, array_to_string(ARRAY[s.realm, s.id, s.name, s.organisation, s.parent,
        s.purdue_level, s.sl_t::text, s.protects, s.importance, s.function], E'\x1f', E'\x1e')
        AS told
    FROM subject s
    UNION ALL
    SELECT s.id, 2, 'subnet', 'attested', b.as_of, b.document,
        array_to_string(ARRAY[b.prefix::text, b.name, b.vlan::text, b.function], E'\x1f', E'\x1e')
    FROM subject s
    JOIN subnet b ON b.realm_id = s.realm_id AND b.zone = s.id AND b.until_import IS NULL
    UNION ALL
    SELECT s.id, 3, 'inner', 'attested', z.as_of, z.document,
        array_to_string(ARRAY[z.id, z.name, z.purdue_level, z.sl_t::text], E'\x1f', E'\x1e')
    FROM subject s
    JOIN zone z ON z.realm_id = s.realm_id AND z.parent = s.id AND z.until_import IS NULL
    UNION ALL
    SELECT m.zone, 4, 'system', 'derived', least(c.as_of, t.as_of, m.as_of), c.document,
        array_to_string(ARRAY[c.id, c.name, c.class, c.sector, c.kind, t.final::text, d.list_no,
        m.assets::text], E'\x1f', E'\x1e')
    FROM held m
    JOIN system c ON c.realm_id = $1 AND c.id = m.system AND c.until_import IS NULL
    LEFT JOIN system_tier t ON t.realm_id = c.realm_id AND t.system = c.id
        AND t.until_import IS NULL
    LEFT JOIN designation_list d ON d.realm_id = c.realm_id AND d.system = c.id
    UNION ALL
    SELECT m.zone, 5, 'asset', 'derived', least(m.as_of, o.ended::date), m.document,
        array_to_string(ARRAY[m.asset_id::text, m.name, m.role, role_kind(m.role), m.system,
        c.class, t.tags, (SELECT nullif(count(*), 0) FROM service v WHERE v.asset_id = m.asset_id
            AND v.until_run IS NULL AND v.exposed)::text], E'\x1f', E'\x1e')
    FROM member m
    FULL JOIN tag t ON t.asset_id = m.asset_id
    LEFT JOIN run o ON o.run_id = m.run_id
    LEFT JOIN system c ON c.realm_id = $1 AND c.id = m.system AND c.until_import IS NULL
    WHERE coalesce(m.zone, '') <> ''
    UNION ALL
    SELECT s.id, 6, 'conduit', 'attested', least(c.as_of, z.as_of), c.document,
        array_to_string(ARRAY[c.id, c.name, z.id, z.purdue_level, z.sl_t::text, z.protects,
        array_to_string(c.protocols, ' '), c.boundary_device], E'\x1f', E'\x1e')
    FROM conduit c
    CROSS JOIN LATERAL unnest(c.zones) AS x (zone)
    JOIN subject s ON s.realm_id = c.realm_id AND s.id = x.zone
    CROSS JOIN LATERAL unnest(c.zones) AS y (zone)
    JOIN zone z ON z.realm_id = c.realm_id AND z.id = y.zone AND z.until_import IS NULL
    WHERE c.until_import IS NULL AND y.zone <> x.zone
    UNION ALL
    SELECT x.zone, 7, 'crossing', 'measured', max(o.ended)::date,
        'run ' || (array_agg(o.run_id ORDER BY o.ended DESC, o.run_id DESC))[1],
        array_to_string(ARRAY[x.other, count(DISTINCT (x.asset_id, x.peer, x.address))::text,
        CASE WHEN EXISTS (SELECT FROM conduit c WHERE c.realm_id = $1 AND c.until_import IS NULL
            AND c.zones @> ARRAY[x.zone, x.other])
        THEN 'yes' ELSE 'no' END], E'\x1f', E'\x1e')
    FROM crossed x JOIN run o ON o.run_id = x.run_id
    GROUP BY x.zone, x.other
) AS statement
ORDER BY id COLLATE "C", place, element COLLATE "C", told COLLATE "C", as_of, document COLLATE "C"
