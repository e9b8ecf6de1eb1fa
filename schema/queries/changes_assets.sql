-- SPDX-License-Identifier: Apache-2.0
-- What changes are told of: assets, when they were first met, and what they turned out to be; NULL: nothing
-- else.
-- (A subquery, so that the array is read once and not for each row that it is compared with.)
-- Binary: there are many.
-- $1::text : the assets, an array of ids
SELECT asset_id, name, first_run, merge_run, merged_into
FROM asset WHERE asset_id = ANY ((SELECT CAST($1 AS int8[]))::int8[])
