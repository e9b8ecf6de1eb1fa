-- SPDX-License-Identifier: Apache-2.0
-- Assets by number, address or name, or by a name's first label, as maps print it, if there is no
-- such name, or by the MAC by which it was met without an address; what was merged leads to what it
-- turned out to be.
-- At another time what is called so now, or was once, is asked what it was called then.
-- Kept: each is looked up in an index.
-- $1::int8 : number; NULL: none
-- $2::inet : address; NULL: none
-- $3::text : name
-- $4::int4 : realm; NULL: any
SELECT f.asset_id FROM (
    SELECT asset_found AS asset_id FROM asset_found($1, $2, $3)
    UNION
    SELECT asset_id FROM identity_key
    WHERE hashtextextended(value, 0) = hashtextextended(lower($3), 0) AND value = lower($3)
        AND type = 'station' AND until_run IS NULL) AS f
WHERE $4 IS NULL OR EXISTS (SELECT FROM asset_now a WHERE a.asset_id = f.asset_id AND a.realm_id = $4)
LIMIT 2
