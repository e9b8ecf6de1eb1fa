-- SPDX-License-Identifier: Apache-2.0
-- The proposals that decisions rest on.
-- $1::text : only of this entry of the list, or of this system; NULL: all
-- $2::int8 : decisions after this one
SELECT h.decision_id, h.list_no, h.system, h.decision_no, e.id, e.pack, e.version, e.outcome
FROM designation_history h
JOIN norm_eval e ON e.id = h.eval_id
WHERE ($1 IS NULL OR h.list_no = $1 OR h.system = $1) AND h.decision_id > $2
ORDER BY h.decision_id LIMIT 256
