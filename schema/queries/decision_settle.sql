-- SPDX-License-Identifier: Apache-2.0
-- Settles what the program proposed or found contradictory about two assets: a person decided.
-- $1::int8 : asset
-- $2::int8 : the other one
-- $3::timestamptz : when
-- $4::text : by whom
-- $5::text : why
UPDATE asset_decision
SET undone = $3, undone_by = $4, undone_reason = $5
WHERE kind IN ('proposal', 'conflict') AND undone IS NULL
  AND ((asset_id = $1 AND other_asset_id = $2) OR (asset_id = $2 AND other_asset_id = $1))
