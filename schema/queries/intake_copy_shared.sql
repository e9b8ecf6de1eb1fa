-- SPDX-License-Identifier: Apache-2.0
-- Takes rows into staging.
COPY cadastre.stage_shared (batch, type, value, reason)
FROM STDIN (FORMAT binary)
