-- SPDX-License-Identifier: Apache-2.0
-- Ends addresses that are an asset's of another node now.
-- $1::int8 : batch
-- $2::int8 : run
-- $3::int4 : realm
UPDATE address a
SET until_run = $2
FROM stage_elsewhere e
WHERE e.batch = $1 AND a.realm_id = $3 AND a.until_run IS NULL AND a.address = e.address
