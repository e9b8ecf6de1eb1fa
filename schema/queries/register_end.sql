-- SPDX-License-Identifier: Apache-2.0
-- Notes what an import did.
-- $1::int8 : the import
-- $2::int8 : rows written
-- $3::int8 : rows ended
-- $4::int8 : rows found as they were
UPDATE register_import SET written = $2, closed = $3, unchanged = $4 WHERE id = $1
