-- SPDX-License-Identifier: Apache-2.0
-- Conduits, one row for each pair of zones of one; the asset that is the boundary device, found by
-- address or name (of several that are called so, the lowest number), and whether it lets nothing back.
-- $1::int4 : realm
WITH device AS (
    SELECT DISTINCT boundary_device AS device FROM conduit
    WHERE realm_id = $1 AND until_import IS NULL AND boundary_device <> ''
), called AS (
    SELECT v.device, d.asset_id FROM device v
    JOIN address d ON d.realm_id = $1 AND d.until_run IS NULL AND host(d.address) = v.device
    UNION ALL
    SELECT v.device, n.asset_id FROM device v
    JOIN name n ON n.realm_id = $1 AND n.until_run IS NULL AND lower(n.name) = lower(v.device)
    UNION ALL
    SELECT v.device, a.asset_id FROM device v
    JOIN asset a ON a.realm_id = $1 AND lower(a.name) = lower(v.device)
), found AS (
    SELECT c.device, min(c.asset_id) AS asset_id
    FROM called c JOIN asset a USING (asset_id)
    WHERE a.merged_into IS NULL AND a.state <> 'retired'
    GROUP BY c.device
), one_way AS (
    SELECT DISTINCT t.asset_id FROM asset_attested t
    WHERE t.realm_id = $1 AND ((t.attribute = 'tag' AND t.value = 'one-way')
        OR (t.attribute = 'role' AND t.value = 'data-diode'))
)
SELECT c.id, low.zone, high.zone, c.boundary_device, ' ' || array_to_string(c.protocols, ' ') || ' ',
    coalesce(f.asset_id, 0), o.asset_id IS NOT NULL
FROM conduit c
CROSS JOIN LATERAL unnest(c.zones) AS low (zone)
CROSS JOIN LATERAL unnest(c.zones) AS high (zone)
LEFT JOIN found f ON f.device = c.boundary_device
LEFT JOIN one_way o ON o.asset_id = f.asset_id
WHERE c.realm_id = $1 AND c.until_import IS NULL AND low.zone COLLATE "C" < high.zone COLLATE "C"
ORDER BY c.id COLLATE "C", low.zone COLLATE "C", high.zone COLLATE "C"
