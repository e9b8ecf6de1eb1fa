-- SPDX-License-Identifier: Apache-2.0
-- Empties staging of what was filed.
-- $1::int8 : batch
DELETE FROM stage_split WHERE batch = $1
