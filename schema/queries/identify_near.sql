-- SPDX-License-Identifier: Apache-2.0
-- The systems around those that are chosen, as far as packs look.
-- $1::int4 : realm
-- $2::int4 : hops towards dependants
-- $3::int4 : hops the other way
WITH RECURSIVE dependants (system, hops) AS (
    SELECT system, 0 FROM pg_temp.identify_chosen WHERE realm_id = $1 AND unit = 'system'
    UNION
    SELECT e.system, n.hops + 1 FROM dependants n CROSS JOIN LATERAL (
        SELECT d.from_system AS system FROM dependency d WHERE d.realm_id = $1
            AND d.on_system = n.system AND d.until_import IS NULL
        UNION ALL SELECT s.id FROM system s WHERE s.realm_id = $1 AND s.carried_by = n.system
            AND s.until_import IS NULL) AS e
    WHERE n.hops < $2
), dependencies (system, hops) AS (
    SELECT system, 0 FROM pg_temp.identify_chosen WHERE realm_id = $1 AND unit = 'system'
    UNION
    SELECT e.system, n.hops + 1 FROM dependencies n CROSS JOIN LATERAL (
        SELECT d.on_system AS system FROM dependency d WHERE d.realm_id = $1
            AND d.from_system = n.system AND d.until_import IS NULL
        UNION ALL SELECT s.carried_by FROM system s WHERE s.realm_id = $1 AND s.id = n.system
            AND s.until_import IS NULL AND s.carried_by IS NOT NULL) AS e
    WHERE n.hops < $3
)
INSERT INTO pg_temp.identify_near (system)
SELECT system FROM dependants UNION SELECT system FROM dependencies
ON CONFLICT DO NOTHING
