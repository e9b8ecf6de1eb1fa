-- SPDX-License-Identifier: Apache-2.0
-- Assets that were met with a MAC address like this, in order of their ids.
-- $1::text : only of this realm; NULL: any
-- $2::text : only of these, an array of ids; NULL: any
-- $3::text : pattern of LIKE; letter case does not count
SELECT d.asset_id
FROM address d
WHERE d.until_run IS NULL AND d.mac::text LIKE lower($3)
    AND ($1 IS NULL OR d.realm_id = (SELECT realm_id FROM realm WHERE realm.name = $1))
    AND ($2 IS NULL OR d.asset_id = ANY (CAST($2 AS int8[])))
UNION
SELECT k.asset_id
FROM identity_key k
WHERE k.until_run IS NULL AND k.type = 'station' AND k.value LIKE lower($3)
    AND ($1 IS NULL OR k.realm_id = (SELECT realm_id FROM realm WHERE realm.name = $1))
    AND ($2 IS NULL OR k.asset_id = ANY (CAST($2 AS int8[])))
ORDER BY 1
