-- SPDX-License-Identifier: Apache-2.0
-- Keeps that a bundle is about to be filed at all nodes.
-- $1::text : bundle
-- $2::int8 : run
-- $3::bool : it was cut short
-- $4::int8 : new assets
-- $5::int8 : merges
-- $6::int8 : splits
INSERT INTO node_filing (bundle_id, run_id, truncated, assets_new, merges, splits)
VALUES ($1, $2, $3, $4, $5, $6)
