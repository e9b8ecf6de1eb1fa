-- SPDX-License-Identifier: Apache-2.0
-- Clears what decision_touch marked.
-- $1::int8 : batch
DELETE FROM stage_touched WHERE batch = $1
