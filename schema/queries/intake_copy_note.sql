-- SPDX-License-Identifier: Apache-2.0
-- Takes rows into staging.
COPY cadastre.stage_note (batch, asset_id, address, attribute, value)
FROM STDIN (FORMAT binary)
