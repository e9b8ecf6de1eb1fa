-- SPDX-License-Identifier: Apache-2.0
-- Circuits to the Internet: the asset at which each ends, found by address or name (of several
-- that are called so, the lowest number), and the systems behind it.
-- $1::text : realm; NULL: all
WITH device AS (
    SELECT DISTINCT realm_id, device FROM internet_exit WHERE device <> ''
), called AS (
    SELECT v.realm_id, v.device, d.asset_id FROM device v
    JOIN address d ON d.realm_id = v.realm_id AND d.until_run IS NULL
        AND host(d.address) = v.device
    UNION ALL
    SELECT v.realm_id, v.device, n.asset_id FROM device v
    JOIN name n ON n.realm_id = v.realm_id AND n.until_run IS NULL
        AND lower(n.name) = lower(v.device)
    UNION ALL
    SELECT v.realm_id, v.device, a.asset_id FROM device v
    JOIN asset a ON a.realm_id = v.realm_id AND lower(a.name) = lower(v.device)
), found AS (
    SELECT c.realm_id, c.device, min(c.asset_id) AS asset_id
    FROM called c JOIN asset a USING (asset_id)
    WHERE a.merged_into IS NULL AND a.state = 'seen'
    GROUP BY c.realm_id, c.device
)
SELECT x.id, x.name, coalesce(nullif(o.name, ''), x.carrier, ''), coalesce(f.asset_id, 0),
    array_to_string(x.systems, '; '),
    coalesce((SELECT string_agg(coalesce(nullif(s.name, ''), t.system), '; ' ORDER BY t.place)
        FROM unnest(x.systems) WITH ORDINALITY AS t (system, place)
        LEFT JOIN system s ON s.realm_id = x.realm_id AND s.id = t.system
            AND s.until_import IS NULL), '')
FROM internet_exit x
JOIN realm r USING (realm_id)
LEFT JOIN organisation o ON o.realm_id = x.realm_id AND o.id = x.carrier
    AND o.until_import IS NULL
LEFT JOIN found f ON f.realm_id = x.realm_id AND f.device = x.device
WHERE $1 IS NULL OR r.name = $1
ORDER BY x.id COLLATE "C"
