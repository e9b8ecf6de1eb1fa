-- SPDX-License-Identifier: Apache-2.0
-- Takes rows into staging.
COPY cadastre.stage_identity (batch, address, asset_id, is_new, reason, mac, up, method, same, bare, digests)
FROM STDIN (FORMAT binary)
