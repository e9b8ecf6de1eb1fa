-- SPDX-License-Identifier: Apache-2.0
-- The addresses of a batch and their assets.
-- $1::int8 : batch
SELECT address, asset_id FROM stage_identity WHERE batch = $1
