-- SPDX-License-Identifier: Apache-2.0
-- The dependencies of a realm.
-- $1::int4 : realm
SELECT from_system, on_system, strength, as_of::text, document
FROM dependency WHERE realm_id = $1 AND until_import IS NULL
ORDER BY from_system COLLATE "C", on_system COLLATE "C"
