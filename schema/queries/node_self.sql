-- SPDX-License-Identifier: Apache-2.0
-- Which register this database belongs to and as what; the schema for which its way to other nodes was
-- made, 0: it is not there, as after a restore; how many other nodes it has.
SELECT register, name,
    CASE WHEN to_regnamespace('cadastre_all') IS NULL OR to_regclass('cadastre_as_of.node') IS NULL
        THEN 0 ELSE coalesce(built, 0) END,
    (SELECT count(*) FROM cadastre.node WHERE name <> 'home')
FROM cadastre.node_self
