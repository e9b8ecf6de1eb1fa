-- SPDX-License-Identifier: Apache-2.0
-- Which state the paths at home are in.
-- $1::int8 : run
SELECT count(*) || '/' || coalesce(max(from_run), 0) || '/' || coalesce(max(until_run), 0)
    || CASE WHEN bool_or(from_run = $1 OR until_run = $1) THEN '/' || $1 ELSE '' END
FROM hop
