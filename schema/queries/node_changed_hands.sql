-- SPDX-License-Identifier: Apache-2.0
-- Addresses that were another asset's: its node must know where they are now.
-- $1::int8 : batch
INSERT INTO stage_elsewhere (batch, address, asset_id)
SELECT DISTINCT $1, i.address, i.asset_id
FROM stage_identity i
JOIN address a ON a.address = i.address AND a.until_run IS NULL
WHERE i.batch = $1 AND a.asset_id <> i.asset_id
  AND NOT EXISTS (SELECT FROM stage_elsewhere e WHERE e.batch = $1 AND e.address = i.address)
