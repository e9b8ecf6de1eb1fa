-- SPDX-License-Identifier: Apache-2.0
-- Takes rows into staging.
COPY cadastre.stage_coverage (batch, cidr, method, transport, ports)
FROM STDIN (FORMAT binary)
