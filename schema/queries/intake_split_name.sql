-- SPDX-License-Identifier: Apache-2.0
-- What belongs to an address that leaves an asset ends there and goes on at the other asset.
-- $1::int8 : batch
-- $2::int8 : run
WITH left_it AS (
    UPDATE name t
    SET until_run = $2
    FROM stage_split m
    WHERE m.batch = $1 AND t.asset_id = m.asset_id AND t.address = m.address
      AND t.until_run IS NULL
    RETURNING m.into_id, m.reason AS why, t.*
)
INSERT INTO name
	(asset_id, address, name, source, realm_id, grade, method, evidence, from_run)
SELECT into_id, address, name, source, realm_id, grade, method, evidence, $2
FROM left_it
ON CONFLICT DO NOTHING
