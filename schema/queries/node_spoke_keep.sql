-- SPDX-License-Identifier: Apache-2.0
-- For the decision they are services without a port.
INSERT INTO stage_service (batch, address, transport, port, protocol)
SELECT batch, address, -1, -1, 'recognised' FROM node_spoke
