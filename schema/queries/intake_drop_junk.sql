-- SPDX-License-Identifier: Apache-2.0
-- Drops staged values that identify or say nothing.
-- $1::int8 : batch
DELETE FROM stage_statement s
WHERE s.batch = $1
  AND CASE s.kind
      WHEN 'fact' THEN s.attribute IN (
          SELECT d.attribute
          FROM (SELECT DISTINCT attribute FROM stage_statement
                WHERE batch = $1 AND kind = 'fact') d
          JOIN noise_rule n ON d.attribute ~ n.pattern)
      WHEN 'key' THEN EXISTS (
              SELECT FROM junk_value j
              WHERE s.attribute ~* j.type_pattern AND s.value ~* j.value_pattern)
          OR (s.attribute = 'mac' AND EXISTS (
              SELECT FROM virtual_mac v WHERE starts_with(s.value, v.prefix)))
      ELSE EXISTS (
              SELECT FROM junk_value j
              WHERE 'name' ~* j.type_pattern AND s.value ~* j.value_pattern)
      END
