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
	 evidence, from_run)
SELECT CASE WHEN layer = 'flow' OR two = 0 THEN one ELSE least(one, two) END, layer,
       CASE WHEN layer = 'flow' OR two = 0 THEN two ELSE greatest(one, two) END, peer_address,
       source, realm_id, grade, method, detail, evidence, $3
FROM ends
WHERE one <> two
ON CONFLICT DO NOTHING
