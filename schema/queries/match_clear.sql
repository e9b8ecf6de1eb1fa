-- SPDX-License-Identifier: Apache-2.0
-- Empties staging of what was compared.
-- $1::int8 : batch
WITH endpoint AS (DELETE FROM stage_endpoint WHERE batch = $1),
     statement AS (DELETE FROM stage_statement WHERE batch = $1),
     decided AS (DELETE FROM stage_identity WHERE batch = $1),
     merged AS (DELETE FROM stage_merge WHERE batch = $1),
     shared AS (DELETE FROM stage_shared WHERE batch = $1)
DELETE FROM stage_touched WHERE batch = $1
