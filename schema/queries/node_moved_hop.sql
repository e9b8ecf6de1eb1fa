-- SPDX-License-Identifier: Apache-2.0
-- Ends paths to addresses that assets of any node lost: first those that were met elsewhere.
-- $1::int8 : batch
-- $2::int8 : run
-- $3::bool : all of them
UPDATE hop t
SET until_run = $2
FROM stage_lost l
WHERE l.batch = $1 AND (l.met OR $3) AND t.asset_id = l.asset_id AND t.address = l.address
  AND t.until_run IS NULL
