-- SPDX-License-Identifier: Apache-2.0
-- Assets of the systems of an organisation like this, by its id or its name, in order of their ids.
-- $1::text : only of this realm; NULL: any
-- $2::text : only of these, an array of ids; NULL: any
-- $3::text : pattern of LIKE; letter case does not count
SELECT m.asset_id
FROM asset_member m
JOIN system y ON y.realm_id = m.realm_id AND y.id = m.system AND y.until_import IS NULL
LEFT JOIN organisation o ON o.realm_id = y.realm_id AND o.id = y.organisation
    AND o.until_import IS NULL
WHERE (lower(y.organisation) LIKE lower($3) OR lower(o.name) LIKE lower($3))
    AND ($1 IS NULL OR m.realm_id = (SELECT realm_id FROM realm WHERE realm.name = $1))
    AND ($2 IS NULL OR m.asset_id = ANY (CAST($2 AS int8[])))
ORDER BY 1
