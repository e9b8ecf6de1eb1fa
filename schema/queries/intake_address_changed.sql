-- SPDX-License-Identifier: Apache-2.0
-- Ends address rows whose MAC is another now, or that are measured now, not claimed. What is imported
-- ends nothing that was measured.
-- $1::int8 : batch
-- $2::int8 : run
UPDATE address a
SET until_run = $2
FROM stage_identity i
WHERE i.batch = $1 AND a.asset_id = i.asset_id AND a.address = i.address
  AND a.until_run IS NULL
  AND ((i.mac IS NOT NULL AND i.mac IS DISTINCT FROM a.mac
        AND (i.method <> 'import' OR a.grade = 'claimed'))
       OR (a.grade = 'claimed' AND i.method <> 'import' AND (i.up OR i.method = 'trace')))
