-- SPDX-License-Identifier: Apache-2.0
-- Takes rows into staging.
COPY cadastre.stage_endpoint (batch, address, mac, up, makes, method, ports, sum_all, sum_greeted,
	partial, spoke, alone)
FROM STDIN (FORMAT binary)
