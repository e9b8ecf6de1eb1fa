-- SPDX-License-Identifier: Apache-2.0
-- Links that an asset lost to one which is itself again, but that another one which was merged into
-- it had as well: they go on as that one's.
-- $1::int8 : the asset that is itself again
-- $2::int8 : the asset that had what was its
-- $3::int8 : run of the decision
WITH lost AS (
    SELECT * FROM link
    WHERE (asset_id = $2 OR peer_asset_id = $2) AND until_run = $3
), other AS (
    SELECT l.*, l.asset_id = o.asset_id AS first, coalesce(p.merged_into, p.asset_id, w.peer)
               AS peer, o.merge_run
    FROM asset o
    JOIN link l ON (l.asset_id = o.asset_id OR l.peer_asset_id = o.asset_id)
        AND l.until_run = o.merge_run
    CROSS JOIN LATERAL (
        SELECT CASE l.asset_id WHEN o.asset_id THEN l.peer_asset_id ELSE l.asset_id END AS peer) w
    LEFT JOIN asset p ON p.asset_id = w.peer
    WHERE o.merged_into = $2 AND o.asset_id <> $1
      AND NOT EXISTS (
          SELECT FROM asset_decision d
          WHERE d.kind = 'merge' AND d.other_asset_id = o.asset_id AND d.undone IS NOT NULL
            AND d.run_id = l.from_run)
)
INSERT INTO link
	(asset_id, layer, peer_asset_id, peer_address, source, realm_id, grade, method, detail,
	 evidence, from_run)
SELECT b.asset_id, b.layer, b.peer_asset_id, b.peer_address, b.source, b.realm_id, t.grade,
       t.method, t.detail, t.evidence, $3
FROM lost b
JOIN other t ON t.layer = b.layer AND t.source = b.source AND t.peer_address = b.peer_address
    AND ((b.asset_id = $2 AND b.peer_asset_id = t.peer AND (t.first OR t.layer <> 'flow'))
         OR (b.peer_asset_id = $2 AND b.asset_id = t.peer
             AND (NOT t.first OR t.layer <> 'flow')))
ORDER BY t.merge_run
ON CONFLICT DO NOTHING
