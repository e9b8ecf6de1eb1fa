-- SPDX-License-Identifier: Apache-2.0
-- How it is reached.
-- $1::text : name
-- $2::text : keyword
-- $3::text : value
INSERT INTO node_option (node, keyword, value) VALUES ($1, $2, $3)
