-- SPDX-License-Identifier: Apache-2.0
-- Files it at the assets that remain.
-- $1::text : buckets of this node, a set
SELECT node_merge_take($1::int4multirange)
