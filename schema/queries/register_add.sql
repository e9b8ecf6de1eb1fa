-- SPDX-License-Identifier: Apache-2.0
-- Writes the rows of a table that a register file states and the register does not hold.
-- $1::text : table
-- $2::int4 : realm
-- $3::text : what the file states, a JSON array of objects
-- $4::int8 : the import
SELECT register_add($1, $2, $3, $4)
