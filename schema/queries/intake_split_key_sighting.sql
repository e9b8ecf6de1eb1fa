-- SPDX-License-Identifier: Apache-2.0
-- What belongs to an address that leaves an asset ends there and goes on at the other asset.
-- $1::int8 : batch
-- $2::int8 : run
WITH left_it AS (
    UPDATE key_sighting t
    SET until_run = $2
    FROM stage_split m
    WHERE m.batch = $1 AND t.asset_id = m.asset_id AND t.address = m.address
      AND t.until_run IS NULL
    RETURNING m.into_id, m.reason AS why, t.*
)
INSERT INTO key_sighting
	(asset_id, address, type, value, realm_id, source, from_run)
SELECT into_id, address, type, value, realm_id, source, $2
FROM left_it
ON CONFLICT DO NOTHING
