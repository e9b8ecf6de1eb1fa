-- SPDX-License-Identifier: Apache-2.0
-- Marks an asset for being summed up anew.
-- $1::int8 : batch
-- $2::int8 : asset
INSERT INTO stage_touched (batch, asset_id) VALUES ($1, $2)
