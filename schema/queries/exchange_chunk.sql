-- SPDX-License-Identifier: Apache-2.0
-- The next assets in the order of their numbers: the numbers as one list, how many they are,
-- and the last one.
-- $1::int4 : realm
-- $2::int8 : after this asset
-- $3::text : only these, numbers with commas; NULL: any
-- $4::int8 : only this asset; NULL: any
-- $5::int4 : at most so many
SELECT coalesce(string_agg(asset_id::text, ',' ORDER BY asset_id), ''), count(*),
    coalesce(max(asset_id), 0)
FROM (
    SELECT a.asset_id FROM asset a
    WHERE a.realm_id = $1 AND a.merged_into IS NULL AND a.asset_id > $2
        AND ($4 IS NULL OR a.asset_id = $4)
        AND ($3 IS NULL OR a.asset_id = ANY (string_to_array($3, ',')::int8[]))
    ORDER BY a.asset_id LIMIT $5) AS part
