-- SPDX-License-Identifier: Apache-2.0
-- Ends statements whose source says something else now.
-- $1::int8 : run
UPDATE fact f
SET until_run = $1
FROM fact_told t
WHERE t.was AND f.asset_id = t.asset_id AND f.subject = t.subject
  AND f.attribute = t.attribute AND f.source = t.source AND f.until_run IS NULL
