-- SPDX-License-Identifier: Apache-2.0
-- Assets of systems of these protection tiers, in order of their ids.
-- $1::text : only of this realm; NULL: any
-- $2::text : only of these, an array of ids; NULL: any
-- $3::int4 : from this tier
-- $4::int4 : to this one
SELECT m.asset_id
FROM asset_member m
JOIN system_tier t ON t.realm_id = m.realm_id AND t.system = m.system AND t.until_import IS NULL
WHERE t.final BETWEEN $3 AND $4
    AND ($1 IS NULL OR m.realm_id = (SELECT realm_id FROM realm WHERE realm.name = $1))
    AND ($2 IS NULL OR m.asset_id = ANY (CAST($2 AS int8[])))
ORDER BY 1
