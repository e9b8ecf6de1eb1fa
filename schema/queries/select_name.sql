-- SPDX-License-Identifier: Apache-2.0
-- Assets with a name like this, in order of their ids.
-- $1::text : only of this realm; NULL: any
-- $2::text : only of these, an array of ids; NULL: any
-- $3::text : pattern of LIKE; letter case does not count
SELECT n.asset_id
FROM name n
WHERE n.until_run IS NULL AND lower(n.name) LIKE lower($3)
    AND ($1 IS NULL OR n.realm_id = (SELECT realm_id FROM realm WHERE realm.name = $1))
    AND ($2 IS NULL OR n.asset_id = ANY (CAST($2 AS int8[])))
UNION
SELECT a.asset_id
FROM asset a
WHERE a.merged_into IS NULL AND lower(a.name) LIKE lower($3)
    AND ($1 IS NULL OR a.realm_id = (SELECT realm_id FROM realm WHERE realm.name = $1))
    AND ($2 IS NULL OR a.asset_id = ANY (CAST($2 AS int8[])))
ORDER BY 1
