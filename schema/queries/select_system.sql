-- SPDX-License-Identifier: Apache-2.0
-- Assets of a system like this, in order of their ids.
-- $1::text : only of this realm; NULL: any
-- $2::text : only of these, an array of ids; NULL: any
-- $3::text : pattern of LIKE; letter case does not count
SELECT m.asset_id
FROM system y
JOIN asset_member m ON m.realm_id = y.realm_id AND m.system = y.id
WHERE y.until_import IS NULL AND lower(y.id) LIKE lower($3)
    AND ($1 IS NULL OR y.realm_id = (SELECT realm_id FROM realm WHERE realm.name = $1))
    AND ($2 IS NULL OR m.asset_id = ANY (CAST($2 AS int8[])))
ORDER BY 1
