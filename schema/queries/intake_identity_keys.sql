-- SPDX-License-Identifier: Apache-2.0
-- Identity keys of the batch and how far they can be trusted. `claimed`: nobody measured it.
-- $1::int8 : batch
WITH type AS MATERIALIZED (
    SELECT t.attribute, (r.k).*
    FROM (SELECT DISTINCT attribute FROM stage_statement
          WHERE batch = $1 AND kind = 'key') t
    CROSS JOIN LATERAL (SELECT key_trust(t.attribute) AS k OFFSET 0) r
)
SELECT s.address, s.attribute, s.value, coalesce(type.strength, 'weak'),
       coalesce(type.score, 5), coalesce(type.holds, 'many'), coalesce(type.joins, false),
       coalesce(type.most, 1), bool_and(s.grade = 'claimed' OR s.method = 'import')
FROM stage_statement s
JOIN type USING (attribute)
WHERE s.batch = $1 AND s.kind = 'key'
GROUP BY s.address, s.attribute, s.value, type.strength, type.score, type.holds, type.joins,
         type.most
ORDER BY s.address, s.attribute, s.value
