-- SPDX-License-Identifier: Apache-2.0
-- Takes them.
COPY cadastre.stage_elsewhere (batch, address, asset_id) FROM STDIN (FORMAT binary)
