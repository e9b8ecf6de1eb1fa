-- SPDX-License-Identifier: Apache-2.0
-- Ends names that their source does not give any more.
-- $1::int8 : batch
-- $2::int8 : run
UPDATE name n
SET until_run = $2
FROM stage_identity i
WHERE i.batch = $1 AND n.asset_id = i.asset_id AND n.address = i.address
  AND n.until_run IS NULL
  AND EXISTS (
      SELECT FROM stage_statement s
      WHERE s.batch = $1 AND s.kind = 'name' AND s.address = n.address
        AND s.source = n.source AND s.method <> 'listening')
  AND NOT EXISTS (
      SELECT FROM stage_statement s
      WHERE s.batch = $1 AND s.kind = 'name' AND s.address = n.address
        AND s.source = n.source AND s.value = n.name)
