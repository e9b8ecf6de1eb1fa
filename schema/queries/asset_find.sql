-- SPDX-License-Identifier: Apache-2.0
-- Assets by number, address or name, or by a name's first label, as maps print it, if there is no
-- such name; what was merged leads to what it turned out to be.
-- $1::int8 : number; NULL: none
-- $2::inet : address; NULL: none
-- $3::text : name
WITH RECURSIVE exact (asset_id) AS (
    SELECT asset_id FROM asset WHERE asset_id = $1
    UNION SELECT asset_id FROM address WHERE address = $2 AND until_run IS NULL
    UNION SELECT asset_id FROM asset WHERE lower(name) = lower($3) AND merged_into IS NULL
    UNION SELECT asset_id FROM name WHERE lower(name) = lower($3) AND until_run IS NULL
), hit (asset_id) AS (
    SELECT asset_id FROM exact
    UNION SELECT asset_id FROM asset
        WHERE lower(split_part(name, '.', 1)) = lower($3) AND merged_into IS NULL
            AND NOT EXISTS (SELECT FROM exact)
), led (asset_id) AS (
    SELECT asset_id FROM hit
    UNION SELECT a.merged_into FROM led JOIN asset a USING (asset_id)
        WHERE a.merged_into IS NOT NULL)
SELECT DISTINCT a.asset_id FROM led JOIN asset a USING (asset_id)
WHERE a.merged_into IS NULL ORDER BY a.asset_id LIMIT 2
