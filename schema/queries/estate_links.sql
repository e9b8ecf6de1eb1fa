-- SPDX-License-Identifier: Apache-2.0
-- Links between assets that are there, once for each pair and layer, by the best grade.
-- $1::text : realm; NULL: all
SELECT DISTINCT ON (ends.low, ends.high, l.layer) ends.low, ends.high, l.layer, l.grade
FROM link l
CROSS JOIN LATERAL (SELECT
    CASE WHEN l.layer IN ('l2', 'l3') THEN least(l.asset_id, l.peer_asset_id)
        ELSE l.asset_id END AS low,
    CASE WHEN l.layer IN ('l2', 'l3') THEN greatest(l.asset_id, l.peer_asset_id)
        ELSE l.peer_asset_id END AS high) AS ends
JOIN asset a ON a.asset_id = ends.low AND a.merged_into IS NULL AND a.state = 'seen'
JOIN asset b ON b.asset_id = ends.high AND b.merged_into IS NULL AND b.state = 'seen'
JOIN realm r ON r.realm_id = a.realm_id
WHERE l.until_run IS NULL AND ends.low <> ends.high AND ($1 IS NULL OR r.name = $1)
ORDER BY ends.low, ends.high, l.layer,
    array_position(ARRAY['measured', 'attested', 'derived', 'claimed'], l.grade)
