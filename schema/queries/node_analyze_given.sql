-- SPDX-License-Identifier: Apache-2.0
-- Tells the planner what a node was given; it knows what it has staged.
ANALYZE cadastre.stage_endpoint, cadastre.stage_statement
