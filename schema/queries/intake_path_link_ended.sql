-- SPDX-License-Identifier: Apache-2.0
-- Ends l3 links that no path shows any more, or not as a foreign file said: as we saw ourselves.
-- $1::int8 : run
-- $2::int4 : realm
WITH step AS (
    SELECT h.address, h.vantage, h.distance, h.peer_asset_id, h.method <> 'import' AS own
    FROM hop h
    WHERE h.realm_id = $2 AND h.until_run IS NULL
), pair AS (
    SELECT a.peer_asset_id AS one, b.peer_asset_id AS two, a.own AND b.own AS own
    FROM step a
    JOIN step b ON b.address = a.address AND b.vantage = a.vantage
        AND b.distance = a.distance + 1
), wanted AS (
    SELECT least(one, two) AS asset_id, greatest(one, two) AS peer_asset_id, bool_or(own) AS own
    FROM pair
    WHERE one <> two
    GROUP BY 1, 2
)
UPDATE link l
SET until_run = $1
WHERE l.realm_id = $2 AND l.source = 'hop' AND l.until_run IS NULL
  AND NOT EXISTS (
      SELECT FROM wanted w
      WHERE w.asset_id = l.asset_id AND w.peer_asset_id = l.peer_asset_id
        AND w.own = (l.grade = 'measured'))
