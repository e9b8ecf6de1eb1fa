-- SPDX-License-Identifier: Apache-2.0
-- Ends what is an asset's of another node now.
-- $1::int8 : batch
-- $2::int8 : run
SELECT node_far_close($1, $2)
