-- SPDX-License-Identifier: Apache-2.0
-- What the graph answered about the systems that are chosen.
-- $1::int4 : realm
SELECT g.system, g.answers
FROM pg_temp.identify_chosen c JOIN norm_graph g ON g.realm_id = $1 AND g.system = c.system
WHERE c.realm_id = $1 AND c.unit = 'system' ORDER BY g.system
