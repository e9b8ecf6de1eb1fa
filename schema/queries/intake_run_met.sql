-- SPDX-License-Identifier: Apache-2.0
-- Which assets the run met; those that were quiet are added later.
-- $1::int8 : batch
CREATE TEMPORARY TABLE run_met ON COMMIT DROP AS
SELECT asset_id, CASE WHEN bool_or(up) THEN 'up' ELSE 'heard' END AS outcome
FROM stage_identity
WHERE batch = $1 AND (up OR method NOT IN ('name', 'spoken'))
GROUP BY asset_id
