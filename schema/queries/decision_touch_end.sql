-- SPDX-License-Identifier: Apache-2.0
-- Clears what decision_touch marked, and the summaries kept of it.
-- $1::int8 : batch
WITH summaries AS (
    DELETE FROM stage_summary WHERE batch = $1
)
DELETE FROM stage_touched WHERE batch = $1
