-- SPDX-License-Identifier: Apache-2.0
-- Takes rows into staging.
COPY cadastre.stage_split (batch, asset_id, address, into_id, is_new, keys, reason)
FROM STDIN (FORMAT binary)
