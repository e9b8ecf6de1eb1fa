-- SPDX-License-Identifier: Apache-2.0
-- Businesses of a realm.
-- $1::int4 : realm
SELECT id, name, is_key FROM business
WHERE realm_id = $1 AND until_import IS NULL ORDER BY id COLLATE "C"
