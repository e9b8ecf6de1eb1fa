-- SPDX-License-Identifier: Apache-2.0
-- Ends the l3 links of two assets that no path shows any more, or not as surely.
-- $1::int8 : asset
-- $2::int8 : and another one
-- $3::int8 : run of the decision
-- $4::int4 : realm
WITH step AS (
    SELECT h.address, h.vantage, h.distance, h.peer_asset_id, h.method <> 'import' AS own
    FROM hop h
    WHERE h.realm_id = $4 AND h.until_run IS NULL
      AND EXISTS (SELECT FROM hop p
                  WHERE p.peer_asset_id IN ($1, $2) AND p.until_run IS NULL
                    AND p.address = h.address AND p.vantage = h.vantage)
), wanted AS (
    SELECT least(a.peer_asset_id, b.peer_asset_id) AS asset_id,
           greatest(a.peer_asset_id, b.peer_asset_id) AS peer_asset_id,
           bool_or(a.own AND b.own) AS own
    FROM step a
    JOIN step b ON b.address = a.address AND b.vantage = a.vantage
        AND b.distance = a.distance + 1
    WHERE a.peer_asset_id <> b.peer_asset_id
      AND (a.peer_asset_id IN ($1, $2) OR b.peer_asset_id IN ($1, $2))
    GROUP BY 1, 2
)
UPDATE link l
SET until_run = $3
WHERE (l.asset_id IN ($1, $2) OR l.peer_asset_id IN ($1, $2))
  AND l.source = 'hop' AND l.until_run IS NULL
  AND NOT EXISTS (
      SELECT FROM wanted w
      WHERE w.asset_id = l.asset_id AND w.peer_asset_id = l.peer_asset_id
        AND w.own = (l.grade = 'measured'))
