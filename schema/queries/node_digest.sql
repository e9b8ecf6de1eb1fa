-- SPDX-License-Identifier: Apache-2.0
-- Counts and hashes the rows of a range.
-- $1::int4 : first bucket
-- $2::int4 : last bucket
SELECT n, digest FROM node_digest($1, $2)
