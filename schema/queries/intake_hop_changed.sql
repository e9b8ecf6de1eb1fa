-- SPDX-License-Identifier: Apache-2.0
-- Ends path rows where another one answers now; if a path changed, what it no longer names
-- ends too. What a foreign file said ends where we see it ourselves, and a foreign file ends only
-- what a foreign file said: it may have been somewhere else.
-- $1::int8 : batch
-- $2::int8 : run
-- $3::text : vantage
WITH path AS (
    SELECT l.address, i.asset_id, l.distance, l.peer, p.asset_id AS peer_asset_id, l.method
    FROM stage_link l
    JOIN stage_identity i ON i.batch = $1 AND i.address = l.address
    JOIN stage_identity p ON p.batch = $1 AND p.address = l.peer
    WHERE l.batch = $1 AND l.layer = 'hop'
), changed AS (
    SELECT DISTINCT h.asset_id, h.address
    FROM hop h
    JOIN path p ON p.asset_id = h.asset_id AND p.address = h.address
        AND p.distance = h.distance
    WHERE h.vantage = $3 AND h.until_run IS NULL
      AND (p.method <> 'import' OR h.method = 'import')
      AND NOT EXISTS (
          SELECT FROM path o
          WHERE o.address = h.address AND o.distance = h.distance
            AND o.peer = h.peer_address AND (h.method <> 'import' OR o.method = 'import'))
)
UPDATE hop h
SET until_run = $2
FROM changed c
WHERE h.asset_id = c.asset_id AND h.address = c.address AND h.vantage = $3
  AND h.until_run IS NULL
  AND NOT EXISTS (
      SELECT FROM path o
      WHERE o.address = h.address AND o.distance = h.distance AND o.peer = h.peer_address
        AND (h.method <> 'import' OR o.method = 'import'))
