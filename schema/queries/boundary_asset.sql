-- SPDX-License-Identifier: Apache-2.0
-- Assets of a realm by number, address or name; what was merged leads to what it turned out to be.
-- $1::int4 : realm
-- $2::int8 : number; 0: none
-- $3::inet : address; NULL: none
-- $4::text : name
SELECT DISTINCT a.asset_id, a.name
FROM asset h JOIN asset a ON a.asset_id = coalesce(h.merged_into, h.asset_id)
WHERE h.realm_id = $1 AND (h.asset_id = $2 OR lower(h.name) = lower($4)
    OR EXISTS (SELECT FROM address d
        WHERE d.asset_id = h.asset_id AND d.address = $3 AND d.until_run IS NULL)
    OR EXISTS (SELECT FROM name n
        WHERE n.asset_id = h.asset_id AND lower(n.name) = lower($4) AND n.until_run IS NULL))
ORDER BY a.asset_id
LIMIT 2
