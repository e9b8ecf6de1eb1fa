-- SPDX-License-Identifier: Apache-2.0
-- Ends addresses that are another asset's now.
-- $1::int8 : batch
-- $2::int8 : run
-- $3::int4 : realm
UPDATE address a
SET until_run = $2
FROM stage_identity i
WHERE i.batch = $1 AND a.realm_id = $3 AND a.until_run IS NULL AND a.address = i.address
  AND a.asset_id <> i.asset_id
