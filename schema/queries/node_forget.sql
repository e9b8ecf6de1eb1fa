-- SPDX-License-Identifier: Apache-2.0
-- Forgets a node that owns nothing; the database refuses if it does.
-- $1::text : name
SELECT node_forget($1)
