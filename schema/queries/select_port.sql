-- SPDX-License-Identifier: Apache-2.0
-- Assets with one of these ports open, in order of their ids.
-- $1::text : only of this realm; NULL: any
-- $2::text : only of these, an array of ids; NULL: any
-- $3::int2 : transport; 0: any
-- $4::int4 : from this port
-- $5::int4 : to this one
SELECT DISTINCT s.asset_id
FROM service s
WHERE s.until_run IS NULL AND s.port BETWEEN $4 AND $5 AND ($3 = 0 OR s.transport = $3)
    AND ($1 IS NULL OR s.realm_id = (SELECT realm_id FROM realm WHERE realm.name = $1))
    AND ($2 IS NULL OR s.asset_id = ANY (CAST($2 AS int8[])))
ORDER BY 1
