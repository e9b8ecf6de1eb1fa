-- SPDX-License-Identifier: Apache-2.0
-- Assets that were quiet and are there again.
-- $1::int8 : run
UPDATE fact f
SET until_run = $1
FROM run_met r
WHERE r.outcome <> 'quiet' AND f.asset_id = r.asset_id
  AND f.subject = '' AND f.attribute = 'state' AND f.source = 'intake' AND f.until_run IS NULL
