-- SPDX-License-Identifier: Apache-2.0
-- Which system cannot do its work without which other, how strongly.
-- $1::int4 : realm
SELECT from_system, on_system, strength FROM dependency
WHERE realm_id = $1 AND until_import IS NULL ORDER BY from_system COLLATE "C", on_system COLLATE "C"
