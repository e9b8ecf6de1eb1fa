-- SPDX-License-Identifier: Apache-2.0
-- Closes proposals and conflicts between assets that turned out to be one.
-- $1::int8 : batch
UPDATE asset_decision d
SET undone = now(), undone_by = 'program', undone_reason = 'they are one: ' || m.reason
FROM stage_merge m
WHERE m.batch = $1 AND d.undone IS NULL AND d.kind IN ('proposal', 'conflict')
  AND ((d.asset_id = m.asset_id AND d.other_asset_id = m.into_id)
       OR (d.asset_id = m.into_id AND d.other_asset_id = m.asset_id))
