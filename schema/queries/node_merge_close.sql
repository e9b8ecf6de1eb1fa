-- SPDX-License-Identifier: Apache-2.0
-- Ends the facts of assets that are one with another node's.
-- $1::int8 : batch
-- $2::int8 : run
SELECT node_merge_close($1, $2)
