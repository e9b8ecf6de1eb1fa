-- SPDX-License-Identifier: Apache-2.0
-- Ends sightings at addresses that show other keys of the type now.
-- $1::int8 : run
UPDATE key_sighting t
SET until_run = $1
FROM (SELECT DISTINCT asset_id, address, type FROM key_told WHERE method <> 'listening') n
WHERE t.asset_id = n.asset_id AND t.address = n.address AND t.type = n.type AND t.until_run IS NULL
  AND NOT EXISTS (
      SELECT FROM key_told s
      WHERE s.address = t.address AND s.type = t.type AND s.value = t.value)
