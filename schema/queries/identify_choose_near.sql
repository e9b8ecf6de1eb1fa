-- SPDX-License-Identifier: Apache-2.0
-- Chooses the systems that see a change among the dependencies: those that what changed depends on,
-- as far as packs look at dependants, and those that depend on it, as far as they look the other
-- way.
-- $1::int4 : realm
-- $2::int8 : imports after this one
-- $3::int8 : entries of the list after this one
-- $4::timestamptz : and those that began or ended after this
-- $5::int4 : hops towards dependants
-- $6::int4 : hops the other way
-- $7::bool : they sum what systems bring
WITH RECURSIVE seed AS (
    SELECT system AS value, hops, hops_back FROM graph_changed($1, $2, $4, $3, $7)
), needed (system, hops) AS (
    SELECT value, hops FROM seed WHERE hops <= $5
    UNION
    SELECT e.system, n.hops + 1 FROM needed n CROSS JOIN LATERAL (
        SELECT d.on_system AS system FROM dependency d WHERE d.realm_id = $1
            AND d.from_system = n.system AND d.until_import IS NULL
        UNION ALL SELECT s.carried_by FROM system s WHERE s.realm_id = $1 AND s.id = n.system
            AND s.until_import IS NULL AND s.carried_by IS NOT NULL) AS e
    WHERE n.hops < $5
), needing (system, hops) AS (
    SELECT value, hops_back FROM seed WHERE hops_back <= $6
    UNION
    SELECT e.system, n.hops + 1 FROM needing n CROSS JOIN LATERAL (
        SELECT d.from_system AS system FROM dependency d WHERE d.realm_id = $1
            AND d.on_system = n.system AND d.until_import IS NULL
        UNION ALL SELECT s.id FROM system s WHERE s.realm_id = $1 AND s.carried_by = n.system
            AND s.until_import IS NULL) AS e
    WHERE n.hops < $6
)
INSERT INTO pg_temp.identify_chosen (realm_id, unit, system)
SELECT $1, 'system', system FROM needed UNION SELECT $1, 'system', system FROM needing
ON CONFLICT DO NOTHING
