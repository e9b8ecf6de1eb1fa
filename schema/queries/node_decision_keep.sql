-- SPDX-License-Identifier: Apache-2.0
-- Keeps what was decided of a batch.
-- $1::int8 : batch
WITH most AS (
    INSERT INTO node_identity SELECT * FROM stage_identity WHERE batch = $1)
INSERT INTO node_decision (tab, line)
SELECT 'stage_merge', x::text FROM stage_merge x WHERE batch = $1
UNION ALL SELECT 'stage_shared', x::text FROM stage_shared x WHERE batch = $1
UNION ALL SELECT 'stage_split', x::text FROM stage_split x WHERE batch = $1
UNION ALL SELECT 'stage_note', x::text FROM stage_note x WHERE batch = $1
UNION ALL SELECT 'stage_elsewhere', x::text FROM stage_elsewhere x WHERE batch = $1
UNION ALL SELECT 'stage_decision', x::text FROM stage_decision x WHERE batch = $1
