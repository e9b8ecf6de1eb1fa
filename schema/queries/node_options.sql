-- SPDX-License-Identifier: Apache-2.0
-- How a node is reached.
-- $1::text : name
SELECT keyword, value FROM node_option WHERE node = $1 ORDER BY keyword
