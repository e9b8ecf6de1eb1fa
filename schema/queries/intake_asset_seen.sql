-- SPDX-License-Identifier: Apache-2.0
-- Notes when the assets that the run met were seen.
-- $1::int8 : run
UPDATE asset_seen s
SET last_run = $1
FROM asset_run r
WHERE r.run_id = $1 AND r.outcome <> 'quiet' AND s.asset_id = r.asset_id AND s.last_run < $1
