-- SPDX-License-Identifier: Apache-2.0
-- How far the boundary of a system reaches by the norm that it is on the list by, else by one that
-- proposes it.
-- $1::int4 : realm
-- $2::text : system
SELECT p.boundary, p.boundary_basis FROM (
    SELECT d.pack, d.version, 0 AS place FROM designation_list d
    WHERE d.realm_id = $1 AND d.system = $2 AND d.outcome = 'cii'
    UNION ALL
    SELECT e.pack, e.version, 1 FROM norm_standing s JOIN norm_eval e ON e.id = s.eval_id
    WHERE s.realm_id = $1 AND s.unit = 'system' AND s.system = $2 AND s.outcome = 'cii'
        AND NOT s.silent
) AS by JOIN norm_pack p ON p.id = by.pack AND p.version = by.version
WHERE p.boundary <> '' ORDER BY by.place, p.id LIMIT 1
