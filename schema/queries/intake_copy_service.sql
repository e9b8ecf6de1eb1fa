-- SPDX-License-Identifier: Apache-2.0
-- Takes rows into staging.
COPY cadastre.stage_service (batch, address, transport, port, protocol, vendor, product, version,
	cpe, method, evidence, number, digest)
FROM STDIN (FORMAT binary)
