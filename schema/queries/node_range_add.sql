-- SPDX-License-Identifier: Apache-2.0
-- Gives a range to a node.
-- $1::int4 : first bucket
-- $2::int4 : last bucket
-- $3::text : node
INSERT INTO node_range (first_bucket, last_bucket, node) VALUES ($1, $2, $3)
