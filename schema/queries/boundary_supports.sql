-- SPDX-License-Identifier: Apache-2.0
-- Which system carries which business, how strongly.
-- $1::int4 : realm
SELECT system, business, strength FROM business_support
WHERE realm_id = $1 AND until_import IS NULL ORDER BY system COLLATE "C", business COLLATE "C"
