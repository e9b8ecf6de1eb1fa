-- SPDX-License-Identifier: Apache-2.0
-- Realms that can be exported, by name. Two rows are enough to know that there are several.
-- $1::text : realm; NULL: those that have assets or systems
-- $2::int8 : the realm of this asset; NULL: any
SELECT r.realm_id, r.name
FROM realm r
WHERE CASE WHEN $2 IS NOT NULL THEN r.realm_id =
        (SELECT a.realm_id FROM asset_now a WHERE a.asset_id = $2)
    WHEN $1 IS NOT NULL THEN r.name = $1
    ELSE EXISTS (SELECT FROM asset_now a WHERE a.realm_id = r.realm_id)
        OR EXISTS (SELECT FROM cadastre.system s WHERE s.realm_id = r.realm_id) END
ORDER BY r.name COLLATE "C"
LIMIT 2
