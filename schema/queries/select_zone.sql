-- SPDX-License-Identifier: Apache-2.0
-- Assets with an address in a subnet of a zone like this, in order of their ids.
-- $1::text : only of this realm; NULL: any
-- $2::text : only of these, an array of ids; NULL: any
-- $3::text : pattern of LIKE; letter case does not count
SELECT DISTINCT d.asset_id
FROM subnet n
JOIN address d ON d.realm_id = n.realm_id AND d.until_run IS NULL AND d.address <<= n.prefix
    AND d.address >= n.prefix::inet
    AND d.address <= set_masklen(broadcast(n.prefix),
        CASE family(n.prefix) WHEN 4 THEN 32 ELSE 128 END)
WHERE n.until_import IS NULL AND lower(n.zone) LIKE lower($3)
    AND ($1 IS NULL OR d.realm_id = (SELECT realm_id FROM realm WHERE realm.name = $1))
    AND ($2 IS NULL OR d.asset_id = ANY (CAST($2 AS int8[])))
ORDER BY 1
