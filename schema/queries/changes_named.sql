-- SPDX-License-Identifier: Apache-2.0
-- Assets that had services opened by runs; the columns are those of changes_assets.sql.
-- (A subquery, so that the server looks them up one by one: it takes them for many otherwise, and reads all.)
-- Binary: there are many.
-- $1::text : the runs, ids between commas
SELECT asset_id, name, first_run, merge_run, merged_into
FROM asset WHERE asset_id = ANY (ARRAY(SELECT s.asset_id FROM service s
    WHERE s.from_run = ANY (CAST(string_to_array($1, ',') AS int8[]))))
