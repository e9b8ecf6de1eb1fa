-- SPDX-License-Identifier: Apache-2.0
-- Links that were told of at an address which leaves an asset end there and go on at the other asset, each
-- from the lower number.
-- $1::int8 : batch
-- $2::int8 : run
WITH ends AS (
    UPDATE link t
    SET until_run = $2
    FROM stage_split m
    WHERE m.batch = $1 AND t.asset_id = m.asset_id AND t.own_end = m.address
      AND t.until_run IS NULL
    RETURNING m.into_id AS one,
              coalesce((SELECT o.into_id FROM stage_split o
                        WHERE o.batch = $1 AND o.asset_id = t.peer_asset_id
                          AND o.address = t.peer_end), t.peer_asset_id) AS two, t.*
)
INSERT INTO link
	(asset_id, layer, peer_asset_id, peer_address, source, realm_id, grade, method, detail,
	 evidence, own_end, peer_end, from_run)
SELECT CASE WHEN as_told THEN one ELSE two END, layer,
       CASE WHEN as_told THEN two ELSE one END, peer_address,
       source, realm_id, grade, method, detail, evidence,
       CASE WHEN as_told THEN own_end ELSE peer_end END,
       CASE WHEN as_told THEN peer_end ELSE own_end END, $2
FROM ends
CROSS JOIN LATERAL (SELECT layer = 'flow' OR two = 0 OR one < two AS as_told) AS o
WHERE one <> two
ON CONFLICT DO NOTHING
