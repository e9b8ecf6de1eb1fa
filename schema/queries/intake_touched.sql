-- SPDX-License-Identifier: Apache-2.0
-- Assets whose facts the run changed.
-- $1::int8 : batch
-- $2::int8 : run
INSERT INTO stage_touched (batch, asset_id)
SELECT $1, asset_id FROM address WHERE from_run = $2
UNION
SELECT $1, asset_id FROM address WHERE until_run = $2
UNION
SELECT $1, asset_id FROM name WHERE from_run = $2
UNION
SELECT $1, asset_id FROM name WHERE until_run = $2
UNION
SELECT $1, asset_id FROM service WHERE from_run = $2
UNION
SELECT $1, asset_id FROM service WHERE until_run = $2
UNION
SELECT $1, asset_id FROM identity_key WHERE from_run = $2
UNION
SELECT $1, asset_id FROM identity_key WHERE until_run = $2
UNION
SELECT $1, asset_id FROM fact WHERE from_run = $2
UNION
SELECT $1, asset_id FROM fact WHERE until_run = $2
UNION
SELECT $1, asset_id FROM link WHERE from_run = $2
UNION
SELECT $1, asset_id FROM link WHERE until_run = $2
UNION
SELECT $1, asset_id FROM hop WHERE from_run = $2
UNION
SELECT $1, asset_id FROM hop WHERE until_run = $2
UNION
SELECT $1, peer_asset_id FROM hop WHERE from_run = $2
UNION
SELECT $1, peer_asset_id FROM hop WHERE until_run = $2
