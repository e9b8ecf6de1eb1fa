-- SPDX-License-Identifier: Apache-2.0
-- What belongs to an address that leaves an asset ends there and goes on at the other asset.
-- What the run states anew is written by the steps that file it.
-- $1::int8 : batch
-- $2::int8 : run
WITH left_it AS (
    UPDATE service t
    SET until_run = $2
    FROM stage_split m
    WHERE m.batch = $1 AND t.asset_id = m.asset_id AND t.address = m.address
      AND t.until_run IS NULL
    RETURNING m.into_id, m.reason AS why, t.*
)
INSERT INTO service
	(asset_id, address, transport, port, realm_id, protocol, vendor, product, version, cpe, internal,
	exposed, method, evidence, from_run)
SELECT into_id, address, transport, port, realm_id, protocol, vendor, product, version, cpe, internal,
	exposed, method, evidence, $2
FROM left_it
WHERE NOT EXISTS (
      SELECT FROM stage_service s
      WHERE s.batch = $1 AND s.address = left_it.address AND s.transport = left_it.transport
        AND s.port = left_it.port)
  AND NOT (left_it.internal AND left_it.exposed AND EXISTS (
      SELECT FROM stage_identity i WHERE i.batch = $1 AND i.address = left_it.address))
ON CONFLICT DO NOTHING
