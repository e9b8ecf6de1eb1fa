-- SPDX-License-Identifier: Apache-2.0
-- Facts of merged assets end there and go on at the asset that remains.
-- What the run states anew is written by the steps that file it.
-- $1::int8 : batch
-- $2::int8 : run
WITH moved AS (
    UPDATE address t
    SET until_run = $2
    FROM stage_merge m
    WHERE m.batch = $1 AND t.asset_id = m.asset_id AND t.until_run IS NULL
    RETURNING m.into_id, t.*
)
INSERT INTO address
	(asset_id, address, realm_id, mac, grade, method, reason, from_run)
SELECT into_id, address, realm_id, mac, grade, method, reason, $2
FROM moved
WHERE NOT EXISTS (
      SELECT FROM stage_identity i
      WHERE i.batch = $1 AND i.address = moved.address
        AND ((i.mac IS NOT NULL AND i.mac IS DISTINCT FROM moved.mac)
             OR (moved.grade = 'claimed' AND (i.up OR i.method = 'trace'))))
ON CONFLICT DO NOTHING
