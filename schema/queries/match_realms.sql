-- SPDX-License-Identifier: Apache-2.0
-- Realms to compare.
-- $1::text : name, empty: all
SELECT realm_id, name FROM realm WHERE $1 = '' OR name = $1 ORDER BY realm_id
