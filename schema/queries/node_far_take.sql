-- SPDX-License-Identifier: Apache-2.0
-- Files it at the assets that have it now.
-- $1::text : buckets of this node, a set
-- $2::int8 : batch
-- $3::int8 : run
SELECT node_far_take($1::int4multirange, $2, $3)
