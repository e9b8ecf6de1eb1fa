-- SPDX-License-Identifier: Apache-2.0
-- Whether a system is in the register of a realm.
-- $1::int4 : realm
-- $2::text : system
SELECT s.name FROM system s WHERE s.realm_id = $1 AND s.id = $2 AND s.until_import IS NULL
