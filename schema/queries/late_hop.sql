-- SPDX-License-Identifier: Apache-2.0
-- Files what a late run found in the table hop, where the register holds nothing of the kind for
-- that time: until the next run that looked there or found something in its place.
-- $1::int8 : batch
-- $2::int8 : run
-- $3::int4 : realm
WITH told AS MATERIALIZED (
    SELECT DISTINCT ON (a.asset_id, l.address, l.distance)
           a.asset_id, l.address, r.vantage, l.distance, p.asset_id AS peer_asset_id,
           l.peer AS peer_address, l.method, a.ended, a.looked, a.next_run
    FROM stage_link l
    JOIN late_place a ON a.address = l.address
    JOIN late_place p ON p.address = l.peer
    JOIN run r ON r.run_id = $2
    WHERE l.batch = $1 AND l.layer = 'hop'
    ORDER BY a.asset_id, l.address, l.distance, l.peer, l.method
)
INSERT INTO hop
    (asset_id, address, vantage, distance, peer_asset_id, peer_address, method,
     realm_id, from_run, until_run)
SELECT asset_id, address, vantage, distance, peer_asset_id, peer_address, method,
     $3, $2, e.run_id
FROM told t
LEFT JOIN LATERAL (
    SELECT r.run_id
    FROM (SELECT t.next_run AS run_id
          UNION ALL
          SELECT o.from_run FROM hop o
          WHERE o.asset_id = t.asset_id AND o.address = t.address AND o.vantage = t.vantage
              AND o.distance = t.distance
            AND (o.until_run IS NULL OR o.until_run IS NOT NULL)) c
    JOIN run r USING (run_id)
    WHERE r.ended > t.ended
    ORDER BY r.ended, r.run_id
    LIMIT 1) e ON true
WHERE NOT EXISTS (
    SELECT FROM hop o
    JOIN run f ON f.run_id = o.from_run
    LEFT JOIN run u ON u.run_id = o.until_run
    WHERE o.asset_id = t.asset_id AND o.address = t.address AND o.vantage = t.vantage
        AND o.distance = t.distance
      AND (o.until_run IS NULL OR o.until_run IS NOT NULL)
      AND f.ended <= t.ended AND (u.run_id IS NULL OR u.ended > t.ended))
  AND (e.run_id IS NOT NULL OR NOT EXISTS (
    SELECT FROM hop o
    WHERE o.asset_id = t.asset_id AND o.address = t.address AND o.vantage = t.vantage
        AND o.distance = t.distance
      AND o.until_run IS NULL))
ORDER BY t.asset_id, t.address, t.vantage, t.distance
