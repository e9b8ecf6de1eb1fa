-- SPDX-License-Identifier: Apache-2.0
-- The addresses of a batch and the buckets of their assets.
-- $1::int8 : batch
SELECT address, (asset_id >> 48)::int4 FROM stage_identity WHERE batch = $1
