-- Adds path rows.
-- $1::int8 : batch
-- $2::int8 : run
-- $3::int4 : realm
-- $4::text : vantage
WITH path AS (
    SELECT l.address, i.asset_id, l.distance, l.peer, p.asset_id AS peer_asset_id
    FROM stage_link l
    JOIN stage_identity i ON i.batch = $1 AND i.address = l.address
    JOIN stage_identity p ON p.batch = $1 AND p.address = l.peer
    WHERE l.batch = $1 AND l.layer = 'hop'
)
INSERT INTO hop
	(asset_id, address, vantage, distance, realm_id, peer_asset_id, peer_address, from_run)
SELECT DISTINCT ON (p.asset_id, p.address, p.distance)
       p.asset_id, p.address, $4, p.distance, $3, p.peer_asset_id, p.peer, $2
FROM path p
WHERE NOT EXISTS (
    SELECT FROM hop h
    WHERE h.asset_id = p.asset_id AND h.address = p.address AND h.vantage = $4
      AND h.distance = p.distance AND h.until_run IS NULL)
ORDER BY p.asset_id, p.address, p.distance, p.peer
