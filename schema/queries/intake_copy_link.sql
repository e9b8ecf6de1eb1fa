-- SPDX-License-Identifier: Apache-2.0
-- Takes rows into staging.
COPY cadastre.stage_link (batch, address, peer, layer, distance, source, grade, method, detail, evidence,
    transport, port, protocol, way)
FROM STDIN (FORMAT binary)
