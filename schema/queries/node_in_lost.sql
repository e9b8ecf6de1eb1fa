-- SPDX-License-Identifier: Apache-2.0
-- Takes them.
COPY cadastre.stage_lost (batch, asset_id, address, met) FROM STDIN (FORMAT binary)
