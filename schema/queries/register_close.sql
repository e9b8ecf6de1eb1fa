-- SPDX-License-Identifier: Apache-2.0
-- Ends the current rows of a table that a register file states otherwise or no longer.
-- $1::text : table
-- $2::int4 : realm
-- $3::text : what the file states, a JSON array of objects
-- $4::text : column that says what a row is a part of
-- $5::text : ids whose statements are given whole, a JSON array
-- $6::bool : the file is complete: what is not in it has ended
-- $7::int8 : the import
SELECT register_close($1, $2, $3, $4, $5, $6, $7)
