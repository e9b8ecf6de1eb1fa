-- SPDX-License-Identifier: Apache-2.0
-- Facts of merged assets end there and go on at the asset that remains.
-- $1::int8 : batch
-- $2::int8 : run
WITH moved AS (
    UPDATE name t
    SET until_run = $2
    FROM stage_merge m
    WHERE m.batch = $1 AND t.asset_id = m.asset_id AND t.until_run IS NULL
    RETURNING m.into_id, t.*
)
INSERT INTO name
	(asset_id, address, name, source, realm_id, grade, method, evidence, from_run)
SELECT into_id, address, name, source, realm_id, grade, method, evidence, $2
FROM moved
ON CONFLICT DO NOTHING
