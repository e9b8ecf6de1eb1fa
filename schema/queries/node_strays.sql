-- SPDX-License-Identifier: Apache-2.0
-- How many rows lie here that another node owns.
-- $1::text : buckets that this one owns, a set
SELECT node_strays($1::int4multirange)
