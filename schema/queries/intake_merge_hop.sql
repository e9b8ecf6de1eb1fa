-- SPDX-License-Identifier: Apache-2.0
-- Facts of merged assets end there and go on at the asset that remains.
-- What the run states anew is written by the steps that file it.
-- $1::int8 : batch
-- $2::int8 : run
WITH moved AS (
    UPDATE hop t
    SET until_run = $2
    FROM stage_merge m
    WHERE m.batch = $1 AND t.asset_id = m.asset_id AND t.until_run IS NULL
    RETURNING m.into_id, t.*
)
INSERT INTO hop
	(asset_id, address, vantage, distance, realm_id, peer_asset_id, peer_address, method,
	 from_run)
SELECT into_id, address, vantage, distance, realm_id, peer_asset_id, peer_address, method, $2
FROM moved
WHERE NOT EXISTS (
      SELECT FROM stage_link l
      WHERE l.batch = $1 AND l.layer = 'hop' AND l.address = moved.address)
ON CONFLICT DO NOTHING
