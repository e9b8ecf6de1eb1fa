-- SPDX-License-Identifier: Apache-2.0
-- The newest decision in force of a kind on an asset.
-- $1::int8 : asset
-- $2::text : kind
SELECT decision_id, other_asset_id
FROM asset_decision
WHERE asset_id = $1 AND kind = $2 AND undone IS NULL
ORDER BY decision_id DESC
LIMIT 1
