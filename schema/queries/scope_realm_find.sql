-- SPDX-License-Identifier: Apache-2.0
-- The number of a realm.
-- $1::text : its name
SELECT realm_id FROM realm WHERE name = $1
