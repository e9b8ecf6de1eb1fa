-- SPDX-License-Identifier: Apache-2.0
-- An organisation of a realm.
-- $1::int4 : realm
-- $2::text : id
SELECT id, name FROM organisation WHERE realm_id = $1 AND id = $2 AND until_import IS NULL
