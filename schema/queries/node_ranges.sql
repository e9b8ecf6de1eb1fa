-- SPDX-License-Identifier: Apache-2.0
-- The ranges of all nodes.
SELECT first_bucket, last_bucket, node FROM node_range ORDER BY first_bucket
