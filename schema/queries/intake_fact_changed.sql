-- SPDX-License-Identifier: Apache-2.0
-- Ends statements whose source says something else now. Where a text may hold the time of day, it
-- is compared without it.
-- $1::int8 : batch
-- $2::int8 : run
UPDATE fact f
SET until_run = $2
FROM (SELECT i.asset_id, s.subject, s.attribute, s.source, array_agg(s.value) AS values
      FROM stage_statement s
      JOIN stage_identity i ON i.batch = $1 AND i.address = s.address
      WHERE s.batch = $1 AND s.kind = 'fact'
      GROUP BY i.asset_id, s.subject, s.attribute, s.source) n
WHERE f.asset_id = n.asset_id AND f.subject = n.subject AND f.attribute = n.attribute
  AND f.source = n.source AND f.until_run IS NULL AND NOT f.value = ANY (n.values)
  AND NOT (f.attribute ~ '(banner|greeting|motd|title|descr|identification)'
           AND EXISTS (
               SELECT FROM unnest(n.values) AS v WHERE steady_text(v) = steady_text(f.value)))
