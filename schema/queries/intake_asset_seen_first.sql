-- SPDX-License-Identifier: Apache-2.0
-- The same for assets that no run had met.
-- $1::int8 : run
INSERT INTO asset_seen (asset_id, last_run)
SELECT r.asset_id, $1
FROM asset_run r
WHERE r.run_id = $1 AND r.outcome <> 'quiet'
  AND NOT EXISTS (SELECT FROM asset_seen s WHERE s.asset_id = r.asset_id)
ORDER BY r.asset_id
