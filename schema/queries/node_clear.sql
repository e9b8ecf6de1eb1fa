-- SPDX-License-Identifier: Apache-2.0
-- Removes the rows of a range.
-- $1::int4 : first bucket
-- $2::int4 : last bucket
SELECT node_clear($1, $2)
