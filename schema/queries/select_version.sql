-- SPDX-License-Identifier: Apache-2.0
-- Assets with a software version like this, in order of their ids.
-- $1::text : only of this realm; NULL: any
-- $2::text : only of these, an array of ids; NULL: any
-- $3::text : pattern of LIKE; letter case does not count
SELECT DISTINCT s.asset_id
FROM service s
WHERE s.until_run IS NULL AND lower(s.version) LIKE lower($3)
    AND ($1 IS NULL OR s.realm_id = (SELECT realm_id FROM realm WHERE realm.name = $1))
    AND ($2 IS NULL OR s.asset_id = ANY (CAST($2 AS int8[])))
ORDER BY 1
