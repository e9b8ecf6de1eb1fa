-- SPDX-License-Identifier: Apache-2.0
-- Everything that names another thing of its kind: parents, carriers, dependencies.
-- $1::int4 : realm
SELECT kind, one, other FROM (
    SELECT 1 AS kind, id AS one, parent AS other FROM organisation
        WHERE realm_id = $1 AND until_import IS NULL AND parent IS NOT NULL
    UNION ALL SELECT 2, id, parent FROM zone
        WHERE realm_id = $1 AND until_import IS NULL AND parent IS NOT NULL
    UNION ALL SELECT 3, id, parent FROM system
        WHERE realm_id = $1 AND until_import IS NULL AND parent IS NOT NULL
    UNION ALL SELECT 4, id, carried_by FROM system
        WHERE realm_id = $1 AND until_import IS NULL AND carried_by IS NOT NULL
    UNION ALL SELECT 5, from_system, on_system FROM dependency
        WHERE realm_id = $1 AND until_import IS NULL) AS edge
ORDER BY kind, one COLLATE "C", other COLLATE "C"
