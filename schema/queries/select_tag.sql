-- SPDX-License-Identifier: Apache-2.0
-- Assets that the register gives a tag like this, in order of their ids.
-- $1::text : only of this realm; NULL: any
-- $2::text : only of these, an array of ids; NULL: any
-- $3::text : pattern of LIKE; letter case does not count
SELECT DISTINCT t.asset_id
FROM asset_attested t
WHERE t.attribute = 'tag' AND lower(t.value) LIKE lower($3)
    AND ($1 IS NULL OR t.realm_id = (SELECT realm_id FROM realm WHERE realm.name = $1))
    AND ($2 IS NULL OR t.asset_id = ANY (CAST($2 AS int8[])))
ORDER BY 1
