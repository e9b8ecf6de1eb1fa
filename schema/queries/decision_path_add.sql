-- SPDX-License-Identifier: Apache-2.0
-- Adds the l3 links of two assets that paths show now.
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
INSERT INTO link
	(asset_id, layer, peer_asset_id, peer_address, source, realm_id, grade, method, detail,
	 from_run)
SELECT w.asset_id, 'l3', w.peer_asset_id, inet '0.0.0.0', 'hop', $4,
       CASE WHEN w.own THEN 'measured' ELSE 'claimed' END,
       CASE WHEN w.own THEN 'trace' ELSE 'import' END, '', $3
FROM wanted w
WHERE NOT EXISTS (
    SELECT FROM link l
    WHERE l.asset_id = w.asset_id AND l.peer_asset_id = w.peer_asset_id AND l.source = 'hop'
      AND l.until_run IS NULL)
ORDER BY w.asset_id, w.peer_asset_id
ON CONFLICT DO NOTHING
