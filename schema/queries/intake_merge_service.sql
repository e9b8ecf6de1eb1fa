-- SPDX-License-Identifier: Apache-2.0
-- Facts of merged assets end there and go on at the asset that remains.
-- $1::int8 : batch
-- $2::int8 : run
WITH moved AS (
    UPDATE service t
    SET until_run = $2
    FROM stage_merge m
    WHERE m.batch = $1 AND t.asset_id = m.asset_id AND t.until_run IS NULL
    RETURNING m.into_id, t.*
)
INSERT INTO service
	(asset_id, address, transport, port, realm_id, protocol, vendor, product, version, cpe,
	internal, exposed, method, evidence, digest, from_run)
SELECT into_id, address, transport, port, realm_id, protocol, vendor, product, version, cpe,
	internal, exposed, method, evidence, digest, $2
FROM moved
ON CONFLICT DO NOTHING
