-- SPDX-License-Identifier: Apache-2.0
-- What the norm of an evaluation says now about its subject; 0: nothing.
-- $1::int8 : evaluation
SELECT coalesce((SELECT o.eval_id FROM norm_standing o
    WHERE o.realm_id = e.realm_id AND o.unit = e.unit AND o.system = e.system AND o.pack = e.pack), 0)
FROM norm_eval e WHERE e.id = $1
