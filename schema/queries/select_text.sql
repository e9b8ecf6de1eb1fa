-- SPDX-License-Identifier: Apache-2.0
-- Assets with a text like this in name, vendor, model, product or system, in order of their ids.
-- $1::text : only of this realm; NULL: any
-- $2::text : only of these, an array of ids; NULL: any
-- $3::text : pattern of LIKE; letter case does not count
WITH RECURSIVE word (product) AS (
    (SELECT lower(product) FROM service WHERE until_run IS NULL ORDER BY lower(product) LIMIT 1)
    UNION ALL
    SELECT (SELECT lower(s.product) FROM service s
            WHERE s.until_run IS NULL AND lower(s.product) > word.product
            ORDER BY lower(s.product) LIMIT 1)
    FROM word WHERE word.product IS NOT NULL
)
SELECT s.asset_id
FROM service s
WHERE s.until_run IS NULL
    AND lower(s.product) IN (SELECT word.product FROM word WHERE word.product LIKE lower($3))
    AND ($1 IS NULL OR s.realm_id = (SELECT realm_id FROM realm WHERE realm.name = $1))
    AND ($2 IS NULL OR s.asset_id = ANY (CAST($2 AS int8[])))
UNION
SELECT n.asset_id
FROM name n
WHERE n.until_run IS NULL AND lower(n.name) LIKE lower($3)
    AND ($1 IS NULL OR n.realm_id = (SELECT realm_id FROM realm WHERE realm.name = $1))
    AND ($2 IS NULL OR n.asset_id = ANY (CAST($2 AS int8[])))
UNION
SELECT a.asset_id
FROM asset a
WHERE a.merged_into IS NULL
    AND (lower(a.name) LIKE lower($3) OR lower(a.vendor) LIKE lower($3) OR lower(a.model) LIKE lower($3))
    AND ($1 IS NULL OR a.realm_id = (SELECT realm_id FROM realm WHERE realm.name = $1))
    AND ($2 IS NULL OR a.asset_id = ANY (CAST($2 AS int8[])))
UNION
SELECT m.asset_id
FROM asset_member m
LEFT JOIN system y ON y.realm_id = m.realm_id AND y.id = m.system AND y.until_import IS NULL
WHERE (lower(m.system) LIKE lower($3) OR lower(y.name) LIKE lower($3))
    AND ($1 IS NULL OR m.realm_id = (SELECT realm_id FROM realm WHERE realm.name = $1))
    AND ($2 IS NULL OR m.asset_id = ANY (CAST($2 AS int8[])))
ORDER BY 1
