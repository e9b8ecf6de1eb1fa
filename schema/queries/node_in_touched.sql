-- SPDX-License-Identifier: Apache-2.0
-- Takes them.
COPY cadastre.stage_touched (batch, asset_id) FROM STDIN (FORMAT binary)
