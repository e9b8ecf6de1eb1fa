-- SPDX-License-Identifier: Apache-2.0
-- Gives an asset that is itself again its links back: what the other had only from it moves as it is
-- now, what both had or what was between them is written anew, what ended since stays ended.
-- $1::int8 : the asset that is itself again
-- $2::int8 : the asset that it was merged into
-- $3::int8 : run of the merge
-- $4::int8 : run of the decision
WITH mine AS (
    SELECT l.*, l.asset_id = $1 AS first, w.peer AS peer_then,
           coalesce(p.merged_into, w.peer) AS peer
    FROM link l
    CROSS JOIN LATERAL (
        SELECT CASE l.asset_id WHEN $1 THEN l.peer_asset_id ELSE l.asset_id END AS peer) w
    LEFT JOIN asset p ON p.asset_id = w.peer
    WHERE (l.asset_id = $1 OR l.peer_asset_id = $1) AND l.until_run = $3
), own AS (
    SELECT m.*, m.peer = $2 AS between,
           EXISTS (SELECT FROM link b
                   WHERE $2 IN (b.asset_id, b.peer_asset_id)
                     AND m.peer_then IN (b.asset_id, b.peer_asset_id) AND m.peer_then <> $2
                     AND b.layer = m.layer AND b.source = m.source
                     AND b.peer_address = m.peer_address AND b.from_run < $3
                     AND (b.until_run IS NULL OR b.until_run >= $3)
                     AND (m.layer <> 'flow' OR m.first = (b.asset_id = $2))) AS had
    FROM mine m
), closed AS (
    UPDATE link b
    SET until_run = $4
    FROM own k
    WHERE NOT k.had AND NOT k.between AND b.layer = k.layer AND b.source = k.source
      AND b.peer_address = k.peer_address AND b.until_run IS NULL
      AND ((b.asset_id = $2 AND b.peer_asset_id = k.peer AND (k.first OR k.layer <> 'flow'))
           OR (b.peer_asset_id = $2 AND b.asset_id = k.peer
               AND (NOT k.first OR k.layer <> 'flow')))
    RETURNING k.first, k.peer, b.layer, b.peer_address, b.source, b.realm_id, b.grade, b.method,
              b.detail, b.evidence,
              CASE WHEN k.first = (b.asset_id = $2) THEN b.own_end ELSE b.peer_end END AS own_end,
              CASE WHEN k.first = (b.asset_id = $2) THEN b.peer_end ELSE b.own_end END AS peer_end
), ends AS (
    SELECT CASE WHEN first THEN $1 ELSE peer END AS one,
           CASE WHEN first THEN peer ELSE $1 END AS two, kept.*
    FROM (SELECT * FROM closed
          UNION ALL
          SELECT first, peer, layer, peer_address, source, realm_id, grade, method, detail,
                 evidence, own_end, peer_end
          FROM own WHERE had OR between) AS kept
)
INSERT INTO link
	(asset_id, layer, peer_asset_id, peer_address, source, realm_id, grade, method, detail,
	 evidence, own_end, peer_end, from_run)
SELECT CASE WHEN as_told THEN one ELSE two END, layer,
       CASE WHEN as_told THEN two ELSE one END, peer_address,
       source, realm_id, grade, method, detail, evidence,
       CASE WHEN as_told THEN own_end ELSE peer_end END,
       CASE WHEN as_told THEN peer_end ELSE own_end END, $4
FROM ends
CROSS JOIN LATERAL (SELECT layer = 'flow' OR two = 0 OR one < two AS as_told) AS o
WHERE one <> two
ON CONFLICT DO NOTHING
