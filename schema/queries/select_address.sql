-- SPDX-License-Identifier: Apache-2.0
-- Assets with an address in a prefix, in order of their ids.
-- $1::text : only of this realm; NULL: any
-- $2::text : only of these, an array of ids; NULL: any
-- $3::inet : prefix
SELECT DISTINCT d.asset_id
FROM address d
WHERE d.until_run IS NULL AND d.address <<= $3
    AND ($1 IS NULL OR d.realm_id = (SELECT realm_id FROM realm WHERE realm.name = $1))
    AND ($2 IS NULL OR d.asset_id = ANY (CAST($2 AS int8[])))
ORDER BY 1
