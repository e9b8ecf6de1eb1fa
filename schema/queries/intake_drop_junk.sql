-- SPDX-License-Identifier: Apache-2.0
-- Drops staged values that identify or say nothing. The patterns of one attribute are matched as one,
-- but for those that count their parentheses or begin with an option.
-- $1::int8 : batch
WITH attribute AS (
    SELECT DISTINCT kind, CASE kind WHEN 'name' THEN 'name' ELSE attribute END AS name
    FROM stage_statement
    WHERE batch = $1
), junk AS MATERIALIZED (
    SELECT a.kind, a.name, string_agg('(?:' || j.value_pattern || ')', '|') AS pattern
    FROM attribute a
    JOIN junk_value j ON a.name ~* j.type_pattern
    WHERE a.kind <> 'fact'
    GROUP BY a.kind, a.name, CASE WHEN j.value_pattern ~ '\\[1-9]|^\*\*\*|^\(\?[a-z]'
                                  THEN j.value_pattern END
), noise AS MATERIALIZED (
    SELECT a.name
    FROM attribute a
    WHERE a.kind = 'fact' AND EXISTS (SELECT FROM noise_rule n WHERE a.name ~ n.pattern)
)
DELETE FROM stage_statement s
WHERE s.batch = $1
  AND CASE s.kind
      WHEN 'fact' THEN s.attribute IN (SELECT name FROM noise)
      WHEN 'key' THEN EXISTS (
              SELECT FROM junk
              WHERE junk.kind = 'key' AND junk.name = s.attribute AND s.value ~* junk.pattern)
          OR (s.attribute = 'mac' AND EXISTS (
              SELECT FROM virtual_mac v WHERE starts_with(s.value, v.prefix)))
      ELSE EXISTS (SELECT FROM junk WHERE junk.kind = s.kind AND s.value ~* junk.pattern)
      END
