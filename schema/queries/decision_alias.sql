-- SPDX-License-Identifier: Apache-2.0
-- Makes an asset an alias; its own aliases follow.
-- $1::int8 : the asset that becomes an alias
-- $2::int8 : the asset that it is merged into
-- $3::int8 : run of the decision
-- $4::text : why
UPDATE asset
SET merged_into = $2,
    merge_run = CASE asset_id WHEN $1 THEN $3 ELSE merge_run END,
    merge_reason = CASE asset_id WHEN $1 THEN $4 ELSE merge_reason END
WHERE asset_id = $1 OR merged_into = $1
