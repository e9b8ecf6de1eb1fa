-- SPDX-License-Identifier: Apache-2.0
-- Ends what was seen at addresses that an asset lost.
-- $1::int8 : run
-- $2::int4 : realm
UPDATE key_sighting t
SET until_run = $1
FROM address a
WHERE a.until_run = $1 AND a.realm_id = $2
  AND t.asset_id = a.asset_id AND t.address = a.address AND t.until_run IS NULL
  AND NOT EXISTS (
      SELECT FROM address o
      WHERE o.asset_id = a.asset_id AND o.address = a.address AND o.until_run IS NULL)
