-- SPDX-License-Identifier: Apache-2.0
-- Ends neighbourhoods that those who told of them, and told of others now, do not name any more.
-- $1::int8 : batch
-- $2::int8 : run
WITH told AS (
    SELECT DISTINCT ON (e.asset_id, l.layer, e.peer_asset_id, e.peer_address, l.source)
           e.asset_id, l.layer, e.peer_asset_id, e.peer_address, l.source, l.grade, l.method,
           l.detail, l.evidence
    FROM stage_link l
    LEFT JOIN stage_identity a ON a.batch = $1 AND a.address = l.address
    LEFT JOIN stage_identity p ON p.batch = $1 AND p.address = l.peer
    CROSS JOIN LATERAL (
        SELECT CASE WHEN a.asset_id IS NULL THEN p.asset_id
                    WHEN p.asset_id IS NULL OR l.layer = 'flow' THEN a.asset_id
                    ELSE least(a.asset_id, p.asset_id) END AS asset_id,
               CASE WHEN a.asset_id IS NULL OR p.asset_id IS NULL THEN 0
                    WHEN l.layer = 'flow' THEN p.asset_id
                    ELSE greatest(a.asset_id, p.asset_id) END AS peer_asset_id,
               CASE WHEN a.asset_id IS NULL THEN l.address
                    WHEN p.asset_id IS NULL THEN l.peer
                    ELSE inet '0.0.0.0' END AS peer_address) e
    WHERE l.batch = $1 AND l.layer <> 'hop' AND e.asset_id IS NOT NULL
      AND e.asset_id <> e.peer_asset_id
    ORDER BY e.asset_id, l.layer, e.peer_asset_id, e.peer_address, l.source, l.grade DESC,
             l.detail
), teller AS (
    SELECT DISTINCT i.asset_id, l.layer, l.source
    FROM stage_link l
    JOIN stage_identity i ON i.batch = $1 AND i.address = l.address
    WHERE l.batch = $1 AND l.layer IN ('l2', 'l3') AND l.method NOT IN ('listening', 'import')
)
UPDATE link l
SET until_run = $2
FROM teller t
WHERE (l.asset_id = t.asset_id OR l.peer_asset_id = t.asset_id) AND l.layer = t.layer
  AND l.source = t.source AND l.until_run IS NULL
  AND NOT EXISTS (
      SELECT FROM told o
      WHERE o.asset_id = l.asset_id AND o.layer = l.layer
        AND o.peer_asset_id = l.peer_asset_id AND o.peer_address = l.peer_address
        AND o.source = l.source)
