-- SPDX-License-Identifier: Apache-2.0
-- What belongs to an address that leaves an asset ends there and goes on at the other asset.
-- What the run states anew is written by the steps that file it.
-- $1::int8 : batch
-- $2::int8 : run
WITH left_it AS (
    UPDATE address t
    SET until_run = $2
    FROM stage_split m
    WHERE m.batch = $1 AND t.asset_id = m.asset_id AND t.address = m.address
      AND t.until_run IS NULL
    RETURNING m.into_id, m.reason AS why, t.*
)
INSERT INTO address
	(asset_id, address, realm_id, mac, grade, method, reason, from_run)
SELECT into_id, address, realm_id, mac, grade, method, why, $2
FROM left_it
WHERE NOT EXISTS (
      SELECT FROM stage_identity i
      WHERE i.batch = $1 AND i.address = left_it.address
        AND ((i.mac IS NOT NULL AND i.mac IS DISTINCT FROM left_it.mac)
             OR (left_it.grade = 'claimed' AND (i.up OR i.method = 'trace'))))
ON CONFLICT DO NOTHING
