-- SPDX-License-Identifier: Apache-2.0
-- The dependencies of a realm, and which platform carries which system, in any order.
-- $1::int4 : realm
-- $2::bool : only near what is chosen
SELECT from_system, on_system, strength, as_of::text, false AS carried
FROM dependency WHERE realm_id = $1 AND until_import IS NULL AND (NOT $2
    OR from_system IN (SELECT system FROM pg_temp.identify_near)
    AND on_system IN (SELECT system FROM pg_temp.identify_near))
UNION ALL
SELECT id, carried_by, 'essential', as_of::text, true
FROM system WHERE realm_id = $1 AND until_import IS NULL AND carried_by IS NOT NULL AND (NOT $2
    OR id IN (SELECT system FROM pg_temp.identify_near)
    AND carried_by IN (SELECT system FROM pg_temp.identify_near))
