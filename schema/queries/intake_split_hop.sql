-- SPDX-License-Identifier: Apache-2.0
-- What belongs to an address that leaves an asset ends there and goes on at the other asset.
-- What the run states anew is written by the steps that file it.
-- $1::int8 : batch
-- $2::int8 : run
WITH left_it AS (
    UPDATE hop t
    SET until_run = $2
    FROM stage_split m
    WHERE m.batch = $1 AND t.asset_id = m.asset_id AND t.address = m.address
      AND t.until_run IS NULL
    RETURNING m.into_id, m.reason AS why, t.*
)
INSERT INTO hop
	(asset_id, address, vantage, distance, realm_id, peer_asset_id, peer_address, method,
	 from_run)
SELECT into_id, address, vantage, distance, realm_id, peer_asset_id, peer_address, method, $2
FROM left_it
WHERE NOT EXISTS (
      SELECT FROM stage_link l
      WHERE l.batch = $1 AND l.layer = 'hop' AND l.address = left_it.address)
ON CONFLICT DO NOTHING
