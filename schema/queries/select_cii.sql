-- SPDX-License-Identifier: Apache-2.0
-- Assets of systems on the list of critical information infrastructure, in order of their ids.
-- $1::text : only of this realm; NULL: any
-- $2::text : only of these, an array of ids; NULL: any
SELECT m.asset_id
FROM asset_member m
WHERE EXISTS (
        SELECT FROM designation_list d WHERE d.realm_id = m.realm_id AND d.system = m.system)
    AND ($1 IS NULL OR m.realm_id = (SELECT realm_id FROM realm WHERE realm.name = $1))
    AND ($2 IS NULL OR m.asset_id = ANY (CAST($2 AS int8[])))
ORDER BY 1
