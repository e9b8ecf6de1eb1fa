-- SPDX-License-Identifier: Apache-2.0
-- Files what a late run found in the table link, where the register holds nothing of the kind for
-- that time: until the next run that looked there or found something in its place.
-- $1::int8 : batch
-- $2::int8 : run
-- $3::int4 : realm
WITH told AS MATERIALIZED (
    SELECT DISTINCT ON (e.asset_id, l.layer, e.peer_asset_id, e.peer_address, l.source)
           e.asset_id, l.layer, e.peer_asset_id, e.peer_address, l.source, l.grade, l.method,
           l.detail, l.evidence, e.own_end, e.peer_end, coalesce(a.ended, p.ended) AS ended, false AS looked,
           coalesce(a.next_run, p.next_run) AS next_run
    FROM stage_link l
    LEFT JOIN late_place a ON a.address = l.address
    LEFT JOIN late_place p ON p.address = l.peer
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
    (asset_id, layer, peer_asset_id, peer_address, source, grade, method, detail, evidence,
     own_end, peer_end, realm_id, from_run, until_run)
SELECT asset_id, layer, peer_asset_id, peer_address, source, grade, method, detail, evidence,
     own_end, peer_end, $3, $2, e.run_id
FROM told t
LEFT JOIN LATERAL (
    SELECT r.run_id
    FROM (SELECT t.next_run AS run_id
          UNION ALL
          SELECT o.from_run FROM link o
          WHERE o.asset_id = t.asset_id AND o.layer = t.layer
              AND o.peer_asset_id = t.peer_asset_id AND o.peer_address = t.peer_address
          AND o.source = t.source
            AND (o.until_run IS NULL OR o.until_run IS NOT NULL)) c
    JOIN run r USING (run_id)
    WHERE r.ended > t.ended
    ORDER BY r.ended, r.run_id
    LIMIT 1) e ON true
WHERE NOT EXISTS (
    SELECT FROM link o
    JOIN run f ON f.run_id = o.from_run
    LEFT JOIN run u ON u.run_id = o.until_run
    WHERE o.asset_id = t.asset_id AND o.layer = t.layer AND o.peer_asset_id = t.peer_asset_id
        AND o.peer_address = t.peer_address
          AND o.source = t.source
      AND (o.until_run IS NULL OR o.until_run IS NOT NULL)
      AND f.ended <= t.ended AND (u.run_id IS NULL OR u.ended > t.ended))
  AND (e.run_id IS NOT NULL OR NOT EXISTS (
    SELECT FROM link o
    WHERE o.asset_id = t.asset_id AND o.layer = t.layer AND o.peer_asset_id = t.peer_asset_id
        AND o.peer_address = t.peer_address
          AND o.source = t.source
      AND o.until_run IS NULL))
ORDER BY t.asset_id, t.layer, t.peer_asset_id, t.peer_address, t.source
