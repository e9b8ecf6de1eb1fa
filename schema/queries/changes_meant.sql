-- SPDX-License-Identifier: Apache-2.0
-- Assets and what they were merged into, in the order of their ids.
-- $1::text : the assets, an array of ids
SELECT unnest(CAST($1 AS int8[])) AS asset_id
UNION
SELECT merged_into FROM asset
WHERE merged_into IS NOT NULL AND asset_id = ANY (CAST($1 AS int8[]))
ORDER BY asset_id
