-- SPDX-License-Identifier: Apache-2.0
-- Every asset, in order of their ids.
-- $1::text : only of this realm; NULL: any
SELECT a.asset_id
FROM asset a
WHERE a.merged_into IS NULL
    AND ($1 IS NULL OR a.realm_id = (SELECT realm_id FROM realm WHERE realm.name = $1))
ORDER BY 1
