-- SPDX-License-Identifier: Apache-2.0
-- Takes them.
COPY cadastre.stage_split_far (batch, asset_id, address, into_id, is_new, keys, reason)
FROM STDIN (FORMAT binary)
