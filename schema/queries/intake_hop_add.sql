-- SPDX-License-Identifier: Apache-2.0
-- Adds path rows. Paths from one vantage are a tree and a scanner does not walk its trunk for every
-- address, so a step from one who answers to the next is kept once: a row is added only if it
-- begins or ends a step that no path shows yet, as surely.
-- $1::int8 : batch
-- $2::int8 : run
-- $3::int4 : realm
-- $4::text : vantage
WITH path AS (
    SELECT DISTINCT ON (i.asset_id, l.address, l.distance)
           i.asset_id, l.address, l.distance, l.peer, p.asset_id AS peer_asset_id,
           l.method
    FROM stage_link l
    JOIN stage_identity i ON i.batch = $1 AND i.address = l.address
    JOIN stage_identity p ON p.batch = $1 AND p.address = l.peer
    WHERE l.batch = $1 AND l.layer = 'hop'
    ORDER BY i.asset_id, l.address, l.distance, l.peer, l.method
), step AS (
    SELECT a.*, b.peer AS next,
           row_number() OVER (PARTITION BY a.distance, a.peer, b.peer ORDER BY a.address) = 1
               AS is_first
    FROM path a
    LEFT JOIN path b ON b.address = a.address AND b.distance = a.distance + 1
), open AS (
    SELECT * FROM hop WHERE realm_id = $3 AND vantage = $4 AND until_run IS NULL
), known AS MATERIALIZED (
    SELECT distance, peer_address AS peer, inet '0.0.0.0' AS next,
           bool_or(method <> 'import') AS own
    FROM open
    GROUP BY 1, 2
    UNION ALL
    SELECT h.distance, h.peer_address, n.peer_address,
           bool_or(h.method <> 'import' AND n.method <> 'import')
    FROM open h
    JOIN open n ON n.asset_id = h.asset_id AND n.address = h.address
        AND n.distance = h.distance + 1
    GROUP BY 1, 2, 3
), fresh AS (
    SELECT s.address, s.distance, s.next
    FROM step s
    LEFT JOIN known k ON k.distance = s.distance AND k.peer = s.peer
        AND k.next = coalesce(s.next, inet '0.0.0.0')
    WHERE s.is_first AND (k.peer IS NULL OR NOT (k.own OR s.method = 'import'))
)
INSERT INTO hop
	(asset_id, address, vantage, distance, realm_id, peer_asset_id, peer_address, method,
	 from_run)
SELECT p.asset_id, p.address, $4, p.distance, $3, p.peer_asset_id, p.peer, p.method, $2
FROM path p
WHERE EXISTS (
        SELECT FROM fresh f
        WHERE f.address = p.address
          AND (f.distance = p.distance
               OR (f.distance = p.distance - 1 AND f.next IS NOT NULL)))
  AND NOT EXISTS (
        SELECT FROM hop h
        WHERE h.asset_id = p.asset_id AND h.address = p.address AND h.vantage = $4
          AND h.distance = p.distance AND h.until_run IS NULL)
ORDER BY p.asset_id, p.address, p.distance
