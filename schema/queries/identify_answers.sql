-- SPDX-License-Identifier: Apache-2.0
-- What the graph answered about the systems behind one, in order.
-- Kept: asked again for every few thousand
-- $1::int4 : realm
-- $2::text : behind this system
-- $3::int4 : at most
SELECT system, answers FROM norm_graph
WHERE realm_id = $1 AND system > $2 ORDER BY realm_id, system LIMIT $3
