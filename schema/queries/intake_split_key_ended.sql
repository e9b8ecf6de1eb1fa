-- SPDX-License-Identifier: Apache-2.0
-- Keys that no remaining address of an asset showed end there.
-- $1::int8 : batch
-- $2::int8 : run
UPDATE identity_key k
SET until_run = $2
FROM (SELECT DISTINCT asset_id FROM stage_split WHERE batch = $1) m
WHERE k.asset_id = m.asset_id AND k.until_run IS NULL AND k.verdict = 'auto'
  AND EXISTS (
      SELECT FROM key_sighting g
      WHERE g.asset_id = k.asset_id AND g.type = k.type AND g.value = k.value
        AND g.until_run = $2)
  AND NOT EXISTS (
      SELECT FROM key_sighting g
      WHERE g.asset_id = k.asset_id AND g.type = k.type AND g.value = k.value
        AND g.until_run IS NULL)
