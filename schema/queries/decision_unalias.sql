-- SPDX-License-Identifier: Apache-2.0
-- Makes an alias an asset of its own again.
-- $1::int8 : asset
UPDATE asset
SET merged_into = NULL, merge_run = NULL, merge_reason = ''
WHERE asset_id = $1
