-- SPDX-License-Identifier: Apache-2.0
-- Adds l3 links between those who answer one after the other on a path. A path that a foreign file
-- tells is claimed.
-- $1::int8 : run
-- $2::int4 : realm
WITH step AS (
    SELECT h.address, h.vantage, h.distance, h.peer_asset_id, h.method <> 'import' AS own
    FROM hop h
    WHERE h.realm_id = $2 AND h.until_run IS NULL
), pair AS (
    SELECT a.peer_asset_id AS one, b.peer_asset_id AS two,
           a.own AND b.own AS own
    FROM step a
    JOIN step b ON b.address = a.address AND b.vantage = a.vantage
        AND b.distance = a.distance + 1
), wanted AS (
    SELECT least(one, two) AS asset_id, greatest(one, two) AS peer_asset_id, bool_or(own) AS own
    FROM pair
    WHERE one <> two
    GROUP BY 1, 2
)
INSERT INTO link
	(asset_id, layer, peer_asset_id, peer_address, source, realm_id, grade, method, detail,
	 from_run)
SELECT w.asset_id, 'l3', w.peer_asset_id, inet '0.0.0.0', 'hop', $2,
       CASE WHEN w.own THEN 'measured' ELSE 'claimed' END,
       CASE WHEN w.own THEN 'trace' ELSE 'import' END, '', $1
FROM wanted w
WHERE NOT EXISTS (
    SELECT FROM link l
    WHERE l.asset_id = w.asset_id AND l.peer_asset_id = w.peer_asset_id AND l.source = 'hop'
      AND l.until_run IS NULL)
ORDER BY w.asset_id, w.peer_asset_id
