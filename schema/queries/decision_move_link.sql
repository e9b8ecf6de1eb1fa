-- SPDX-License-Identifier: Apache-2.0
-- Moves the links of an asset to the one that it is merged into: they end and go on there. What was
-- between the two is no link any more.
-- $1::int8 : from this asset
-- $2::int8 : to this one
-- $3::int8 : run of the decision
WITH moved AS (
    UPDATE link
    SET until_run = $3
    WHERE (asset_id = $1 OR peer_asset_id = $1) AND until_run IS NULL
    RETURNING *
), ends AS (
    SELECT CASE asset_id WHEN $1 THEN $2 ELSE asset_id END AS one,
           CASE peer_asset_id WHEN $1 THEN $2 ELSE peer_asset_id END AS two, moved.*
    FROM moved
)
INSERT INTO link
	(asset_id, layer, peer_asset_id, peer_address, source, realm_id, grade, method, detail,
	 evidence, own_end, peer_end, from_run)
SELECT CASE WHEN as_told THEN one ELSE two END, layer,
       CASE WHEN as_told THEN two ELSE one END, peer_address,
       source, realm_id, grade, method, detail, evidence,
       CASE WHEN as_told THEN own_end ELSE peer_end END,
       CASE WHEN as_told THEN peer_end ELSE own_end END, $3
FROM ends
CROSS JOIN LATERAL (SELECT layer = 'flow' OR two = 0 OR one < two AS as_told) AS o
WHERE one <> two
ON CONFLICT DO NOTHING
