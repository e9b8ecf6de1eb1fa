-- SPDX-License-Identifier: Apache-2.0
-- Zones: those that are registered, with the one above, and those that subnets and assets only name.
-- $1::int4 : realm
SELECT n.id, coalesce(z.parent, '')
FROM (
    SELECT id FROM zone WHERE realm_id = $1 AND until_import IS NULL
    UNION SELECT zone FROM subnet WHERE realm_id = $1 AND until_import IS NULL AND zone <> ''
    UNION SELECT value FROM asset_statement
        WHERE realm_id = $1 AND until_import IS NULL AND attribute = 'zone'
    UNION SELECT unnest(zones) FROM conduit WHERE realm_id = $1 AND until_import IS NULL) AS n
LEFT JOIN zone z ON z.realm_id = $1 AND z.id = n.id AND z.until_import IS NULL
ORDER BY n.id COLLATE "C"
