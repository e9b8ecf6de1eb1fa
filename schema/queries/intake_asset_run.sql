-- SPDX-License-Identifier: Apache-2.0
-- Which assets the run met.
-- $1::int8 : batch
-- $2::int8 : run
INSERT INTO asset_run (asset_id, run_id, outcome)
SELECT asset_id, $2, CASE WHEN bool_or(up) THEN 'up' ELSE 'heard' END
FROM stage_identity
WHERE batch = $1 AND (up OR method NOT IN ('name', 'spoken'))
GROUP BY asset_id
ORDER BY asset_id
