-- SPDX-License-Identifier: Apache-2.0
-- Tells the planner what was decided.
ANALYZE cadastre.stage_identity
