-- SPDX-License-Identifier: Apache-2.0
-- Whose the addresses of a late run were. The asset that held the address then; else the one asset
-- that has a definitive key which the address showed; else the asset that held the address next,
-- unless it is told apart by another definitive key; else none, and the addresses that are one new
-- asset are given by the lowest of them.
-- $1::int8 : batch
-- $2::int8 : run
-- $3::int4 : realm
WITH met AS MATERIALIZED (
    SELECT address, (array_agg(mac ORDER BY mac) FILTER (WHERE mac IS NOT NULL))[1] AS mac,
           bool_or(up) AS up, bool_or(makes) AS makes,
           (array_agg(method ORDER BY up DESC, makes DESC, method <> 'trace', method))[1] AS method
    FROM stage_endpoint
    WHERE batch = $1
    GROUP BY address
), shown AS MATERIALIZED (
    SELECT DISTINCT s.address, s.attribute AS type, s.value
    FROM stage_statement s
    WHERE s.batch = $1 AND s.kind = 'key' AND (key_trust(s.attribute)).strength = 'definitive'
), held AS MATERIALIZED (
    SELECT a.address, coalesce(o.merged_into, o.asset_id) AS asset_id, f.late, f.ended,
           f.ended <= n.ended AND (u.run_id IS NULL OR u.ended > n.ended) AS so, n.ended AS now
    FROM met
    JOIN address a ON a.address = met.address AND a.realm_id = $3
        AND (a.until_run IS NULL OR a.until_run IS NOT NULL)
    JOIN asset o USING (asset_id)
    JOIN run f ON f.run_id = a.from_run
    LEFT JOIN run u ON u.run_id = a.until_run
    JOIN run n ON n.run_id = $2
), keyed AS MATERIALIZED (
    SELECT s.address, min(coalesce(o.merged_into, o.asset_id)) AS asset_id
    FROM shown s
    JOIN identity_key k ON k.type = s.type AND k.value = s.value AND k.realm_id = $3
        AND NOT k.shared
    JOIN asset o ON o.asset_id = k.asset_id
    GROUP BY s.address
    HAVING count(DISTINCT coalesce(o.merged_into, o.asset_id)) = 1
), next AS MATERIALIZED (
    SELECT DISTINCT ON (h.address) h.address, h.asset_id
    FROM held h
    WHERE h.ended > h.now
    ORDER BY h.address, h.ended, h.asset_id
), found AS (
    SELECT m.*, coalesce(
               (SELECT min(h.asset_id) FROM held h
                WHERE h.address = m.address AND h.so AND NOT h.late),
               (SELECT k.asset_id FROM keyed k WHERE k.address = m.address),
               (SELECT min(h.asset_id) FROM held h WHERE h.address = m.address AND h.so),
               (SELECT x.asset_id FROM next x
                WHERE x.address = m.address AND NOT EXISTS (
                    SELECT FROM shown s
                    JOIN identity_key k ON k.asset_id = x.asset_id AND k.type = s.type
                        AND k.value <> s.value
                    WHERE s.address = m.address))) AS asset_id
    FROM met m
)
SELECT f.address, f.mac, f.up, f.method, coalesce(f.asset_id, 0),
       coalesce((SELECT min(o.address) FROM shown s
                 JOIN shown p ON p.type = s.type AND p.value = s.value
                 JOIN found o ON o.address = p.address AND o.asset_id IS NULL
                 WHERE s.address = f.address), f.address)
FROM found f
WHERE f.asset_id IS NOT NULL OR f.makes
ORDER BY 6, f.address
