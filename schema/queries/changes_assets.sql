-- SPDX-License-Identifier: Apache-2.0
-- What changes are told of: assets, when they were first met, and what they turned out to be.
-- (A subquery, so that the array is read once and not for each row that it is compared with.)
-- $1::text : the assets, an array of ids
SELECT asset_id, name, first_run, coalesce(merge_run, 0), coalesce(merged_into, 0)
FROM asset WHERE asset_id = ANY ((SELECT CAST($1 AS int8[]))::int8[])
