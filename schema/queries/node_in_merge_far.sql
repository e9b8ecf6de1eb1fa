-- SPDX-License-Identifier: Apache-2.0
-- Takes them.
COPY cadastre.stage_merge_far (batch, asset_id, into_id, reason) FROM STDIN (FORMAT binary)
