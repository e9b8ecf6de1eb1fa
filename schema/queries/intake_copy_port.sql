-- SPDX-License-Identifier: Apache-2.0
-- Takes rows into staging.
COPY cadastre.stage_port (batch, number, digest, port, transport, address, method, evidence)
FROM STDIN (FORMAT binary)
