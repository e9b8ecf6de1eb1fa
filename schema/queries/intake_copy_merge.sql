-- SPDX-License-Identifier: Apache-2.0
-- Takes rows into staging.
COPY cadastre.stage_merge (batch, asset_id, into_id, reason)
FROM STDIN (FORMAT binary)
