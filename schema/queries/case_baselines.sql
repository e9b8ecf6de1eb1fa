-- SPDX-License-Identifier: Apache-2.0
-- Decisions that stand, with what they rest on and what the same norm says now; whether that norm is silent about
-- a system that norms could judge. What was taken off the list has no baseline.
-- $1::text : only of this system; NULL: all
SELECT d.decision_id, d.realm_id, r.name, d.system, d.outcome, d.decision_no,
    (extract(epoch FROM d.entered) * 1000000)::int8, coalesce(v.of_boundary, d.boundary_id, 0),
    e.id, e.pack, e.version, e.outcome, e.score, e.verdicts, coalesce(n.id, 0),
    coalesce(n.version, ''), coalesce(n.outcome, ''), coalesce(n.score, 0), coalesce(n.verdicts, ''),
    coalesce(o.silent, false) AND EXISTS (SELECT FROM system s WHERE s.realm_id = d.realm_id
        AND s.id = d.system AND s.until_import IS NULL AND NOT s.external AND s.lifecycle <> 'retired'),
    coalesce(o.silent, false)
FROM designation d
JOIN realm r USING (realm_id)
JOIN norm_eval e ON e.id = d.eval_id
LEFT JOIN norm_standing o ON o.realm_id = e.realm_id AND o.unit = e.unit AND o.system = e.system
    AND o.pack = e.pack
LEFT JOIN norm_eval n ON n.id = o.eval_id
LEFT JOIN boundary v ON v.id = d.boundary_id
WHERE d.valid_until IS NULL AND d.superseded IS NULL AND d.outcome <> 'withdrawn'
    AND ($1 IS NULL OR d.system = $1)
ORDER BY d.realm_id, d.system COLLATE "C"
