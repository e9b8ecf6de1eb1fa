-- SPDX-License-Identifier: Apache-2.0
-- Notes when the assets that a late run met were seen, where no newer run met them.
-- $1::int8 : run
INSERT INTO asset_seen AS s (asset_id, last_run)
SELECT r.asset_id, $1
FROM asset_run r
WHERE r.run_id = $1
ORDER BY r.asset_id
ON CONFLICT (asset_id) DO UPDATE SET last_run = excluded.last_run
WHERE (SELECT ended FROM run WHERE run_id = s.last_run) < (SELECT ended FROM run WHERE run_id = $1)
