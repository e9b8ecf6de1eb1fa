-- SPDX-License-Identifier: Apache-2.0
-- Tells the planner what was staged.
ANALYZE cadastre.stage_endpoint, cadastre.stage_service, cadastre.stage_port,
        cadastre.stage_statement, cadastre.stage_link
