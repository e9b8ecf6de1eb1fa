-- SPDX-License-Identifier: Apache-2.0
-- Realms of which the register says something.
-- $1::text : only this one; NULL: all
SELECT realm_id, name FROM realm
WHERE ($1 IS NULL OR name = $1)
    AND EXISTS (SELECT FROM register_import i WHERE i.realm_id = realm.realm_id)
ORDER BY name COLLATE "C"
