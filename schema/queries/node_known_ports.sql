-- SPDX-License-Identifier: Apache-2.0
-- A place for the ports among them.
CREATE TEMPORARY TABLE stage_port ON COMMIT DROP AS
SELECT batch, address, transport, port FROM cadastre.stage_port WHERE false
