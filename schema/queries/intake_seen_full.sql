-- SPDX-License-Identifier: Apache-2.0
-- Puts away the runs of assets that this one adds to, where their row holds as many as it may.
INSERT INTO asset_run (asset_id, up, heard, quiet)
SELECT s.asset_id, s.up, s.heard, s.quiet
FROM asset_seen s
JOIN run_met m USING (asset_id)
WHERE s.n >= 64
ORDER BY s.asset_id
