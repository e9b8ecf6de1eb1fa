-- SPDX-License-Identifier: Apache-2.0
-- Tells the planner how many addresses differ.
ANALYZE cadastre.stage_unsettled
