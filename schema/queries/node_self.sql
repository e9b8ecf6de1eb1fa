-- SPDX-License-Identifier: Apache-2.0
-- Which register this database belongs to and as what; the schema for which it was spread, 0: not;
-- how many other nodes it has.
SELECT register, name, coalesce(built, 0),
    (SELECT count(*) FROM cadastre.node WHERE name <> 'home')
FROM cadastre.node_self
