-- SPDX-License-Identifier: Apache-2.0
-- Ends sightings at addresses that show other keys of the type now.
-- $1::int8 : batch
-- $2::int8 : run
UPDATE key_sighting t
SET until_run = $2
FROM stage_identity i
WHERE i.batch = $1 AND t.asset_id = i.asset_id AND t.address = i.address
  AND t.until_run IS NULL
  AND EXISTS (
      SELECT FROM stage_statement s
      WHERE s.batch = $1 AND s.kind = 'key' AND s.address = t.address
        AND s.attribute = t.type AND s.method <> 'listening')
  AND NOT EXISTS (
      SELECT FROM stage_statement s
      WHERE s.batch = $1 AND s.kind = 'key' AND s.address = t.address
        AND s.attribute = t.type AND s.value = t.value)
