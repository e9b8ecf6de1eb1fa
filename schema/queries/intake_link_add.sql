-- SPDX-License-Identifier: Apache-2.0
-- Adds links.
-- $1::int8 : batch
-- $2::int8 : run
-- $3::int4 : realm
WITH told AS (
    SELECT DISTINCT ON (e.asset_id, l.layer, e.peer_asset_id, e.peer_address, l.source)
           e.asset_id, l.layer, e.peer_asset_id, e.peer_address, l.source, l.grade, l.method,
           l.detail, l.evidence, e.own_end, e.peer_end
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
                    ELSE inet '0.0.0.0' END AS peer_address,
               CASE WHEN a.asset_id IS NULL THEN l.peer
                    WHEN p.asset_id IS NULL OR l.layer = 'flow' OR a.asset_id < p.asset_id
                    THEN l.address
                    ELSE l.peer END AS own_end,
               CASE WHEN a.asset_id IS NULL OR p.asset_id IS NULL THEN NULL
                    WHEN l.layer = 'flow' OR a.asset_id < p.asset_id THEN l.peer
                    ELSE l.address END AS peer_end) e
    WHERE l.batch = $1 AND l.layer <> 'hop' AND e.asset_id IS NOT NULL
      AND e.asset_id <> e.peer_asset_id
    ORDER BY e.asset_id, l.layer, e.peer_asset_id, e.peer_address, l.source, l.grade DESC,
             l.detail, e.own_end, e.peer_end
)
INSERT INTO link
	(asset_id, layer, peer_asset_id, peer_address, source, realm_id, grade, method, detail,
	 evidence, own_end, peer_end, from_run)
SELECT t.asset_id, t.layer, t.peer_asset_id, t.peer_address, t.source, $3, t.grade, t.method,
       t.detail, t.evidence, t.own_end, t.peer_end, $2
FROM told t
WHERE NOT EXISTS (
    SELECT FROM link l
    WHERE l.asset_id = t.asset_id AND l.layer = t.layer
      AND l.peer_asset_id = t.peer_asset_id AND l.peer_address = t.peer_address
      AND l.source = t.source AND l.until_run IS NULL)
