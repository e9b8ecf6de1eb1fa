-- SPDX-License-Identifier: Apache-2.0
-- Shows a range of this node.
-- $1::int4 : first bucket
-- $2::int4 : last bucket
SELECT node_serve($1, $2)
