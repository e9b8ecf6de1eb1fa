-- SPDX-License-Identifier: Apache-2.0
-- A statement that is made in several ways at once, one of them the register's, has not changed.
-- $1::int8 : batch
DELETE FROM fact_told t
USING stage_statement s, stage_identity i
WHERE s.batch = $1 AND s.kind = 'fact' AND i.batch = $1 AND i.address = s.address
  AND t.was AND t.asset_id = i.asset_id AND t.subject = s.subject
  AND t.attribute = s.attribute AND t.source = s.source
  AND (s.value = t.old
       OR (t.attribute ~ '(banner|greeting|motd|title|descr|identification)'
           AND steady_text(s.value) = steady_text(t.old)))
