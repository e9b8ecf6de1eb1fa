-- SPDX-License-Identifier: Apache-2.0
-- Assets by number, address or name, or by a name's first label, as maps print it, if there is no
-- such name; what was merged leads to what it turned out to be.
-- At another time what is called so now, or was once, is asked what it was called then.
-- Kept: each is looked up in an index.
-- $1::int8 : number; NULL: none
-- $2::inet : address; NULL: none
-- $3::text : name
WITH RECURSIVE exact (asset_id) AS (
    SELECT asset_id FROM asset WHERE asset_id = $1
    UNION SELECT asset_id FROM address WHERE address = $2 AND until_run IS NULL
    UNION SELECT asset_id FROM asset
        WHERE asset_id = ANY (ARRAY(
                SELECT o.asset_id FROM asset_now o WHERE lower(o.name) = lower($3)
                UNION SELECT p.asset_id FROM asset_past p WHERE lower(p.name) = lower($3)))
            AND lower(name) = lower($3) AND merged_into IS NULL
    UNION SELECT asset_id FROM name WHERE lower(name) = lower($3) AND until_run IS NULL
), hit (asset_id) AS (
    SELECT asset_id FROM exact
    UNION SELECT asset_id FROM asset
        WHERE NOT EXISTS (SELECT FROM exact)
            AND asset_id = ANY (ARRAY(
                SELECT o.asset_id FROM asset_now o
                WHERE lower(split_part(o.name, '.', 1)) = lower($3)
                    AND NOT EXISTS (SELECT FROM exact)
                UNION SELECT p.asset_id FROM asset_past p
                WHERE lower(split_part(p.name, '.', 1)) = lower($3)
                    AND NOT EXISTS (SELECT FROM exact)))
            AND lower(split_part(name, '.', 1)) = lower($3) AND merged_into IS NULL
), led (asset_id) AS (
    SELECT asset_id FROM hit
    UNION SELECT m.merged_into FROM led JOIN asset_alias m USING (asset_id))
SELECT asset_id FROM asset
WHERE asset_id = ANY (ARRAY(SELECT asset_id FROM led)) AND merged_into IS NULL
ORDER BY asset_id LIMIT 2
