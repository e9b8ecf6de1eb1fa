-- SPDX-License-Identifier: Apache-2.0
-- Links to merged assets end and go on to the one that remains.
-- $1::int8 : batch
-- $2::int8 : run
WITH moved AS (
    UPDATE link t
    SET until_run = $2
    FROM stage_merge m
    WHERE m.batch = $1 AND t.peer_asset_id = m.asset_id AND t.until_run IS NULL
    RETURNING m.into_id, t.*
)
INSERT INTO link
	(asset_id, layer, peer_asset_id, peer_address, source, realm_id, grade, method, detail,
	 evidence, from_run)
SELECT asset_id, layer, into_id, peer_address, source, realm_id, grade, method, detail,
       evidence, $2
FROM moved
WHERE asset_id <> into_id
ON CONFLICT DO NOTHING
