-- SPDX-License-Identifier: Apache-2.0
-- Identity keys of the batch and how far they can be trusted.
-- $1::int8 : batch
WITH type AS (
    SELECT t.attribute,
           coalesce((SELECT k.strength FROM key_rule k WHERE t.attribute ~* k.pattern
                     ORDER BY length(k.pattern) DESC, k.pattern LIMIT 1), 'weak') AS strength
    FROM (SELECT DISTINCT attribute FROM stage_statement
          WHERE batch = $1 AND kind = 'key') t
)
SELECT DISTINCT s.address, s.attribute, s.value, type.strength
FROM stage_statement s
JOIN type USING (attribute)
WHERE s.batch = $1 AND s.kind = 'key'
ORDER BY s.address, s.attribute, s.value
