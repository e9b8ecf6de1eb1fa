-- SPDX-License-Identifier: Apache-2.0
-- What changes are told of: assets, when they were first met, and what they turned out to be.
-- $1::text : the assets, an array of ids
SELECT asset_id, name, first_run, coalesce(merge_run, 0), coalesce(merged_into, 0)
FROM asset WHERE asset_id = ANY (CAST($1 AS int8[]))
