-- SPDX-License-Identifier: Apache-2.0
-- All decisions that made an entry of the list, oldest first, or all on a system.
-- $1::text : number on the list, or system
SELECT h.decision_id, h.realm, h.system, h.outcome, h.list_no, h.reason, h.words, h.decision_no,
    h.decided::text, h.official, h.authority, h.eval_id, e.outcome, e.score, e.missing, h.pack,
    h.version, h.pack_sha256, h.evidence, coalesce(h.boundary_id, 0),
    (extract(epoch FROM h.valid_from) * 1000000)::int8,
    coalesce((extract(epoch FROM h.valid_until) * 1000000)::int8, 0),
    (extract(epoch FROM h.known_from) * 1000000)::int8,
    coalesce((SELECT string_agg(n.id || ' ' || n.kind || ' to ' || n.to_name || ': ' || n.state
            || CASE WHEN n.number <> '' THEN ' ' || n.number || ' of ' || n.issued ELSE '' END
            || CASE WHEN n.acknowledged IS NULL THEN ''
                ELSE ', ' || n.acknowledged || ' by ' || n.acknowledged_by END, '; ' ORDER BY n.id)
        FROM notice n WHERE n.designation_id = h.decision_id AND n.superseded IS NULL), '')
FROM designation_history h JOIN norm_eval e ON e.id = h.eval_id
WHERE h.list_no = $1 OR h.system = $1
ORDER BY h.realm COLLATE "C", h.system COLLATE "C", h.decision_id
