-- SPDX-License-Identifier: Apache-2.0
-- Ends the statement that an asset is retired.
-- $1::int8 : asset
-- $2::int8 : run of the decision
UPDATE fact
SET until_run = $2
WHERE asset_id = $1 AND subject = '' AND attribute = 'state' AND source = 'decision'
  AND until_run IS NULL
