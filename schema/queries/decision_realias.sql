-- SPDX-License-Identifier: Apache-2.0
-- Aliases that an asset brought along when it was merged are its own again.
-- $1::int8 : the asset that is itself again
-- $2::int8 : the asset whose alias it was
WITH RECURSIVE brought (asset_id) AS (
    SELECT $1::int8
    UNION
    SELECT d.asset_id
    FROM brought
    JOIN asset_decision d ON d.other_asset_id = brought.asset_id
    WHERE d.kind = 'merge' AND d.undone IS NULL
)
UPDATE asset
SET merged_into = $1
FROM brought
WHERE asset.asset_id = brought.asset_id AND asset.merged_into = $2 AND asset.asset_id <> $1
