-- SPDX-License-Identifier: Apache-2.0
-- A place for what the decision asks of services and ports that nodes have staged.
CREATE TEMPORARY TABLE stage_service ON COMMIT DROP AS
SELECT batch, address, transport, port, protocol FROM cadastre.stage_service WHERE false
