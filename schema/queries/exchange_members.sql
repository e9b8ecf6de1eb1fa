-- SPDX-License-Identifier: Apache-2.0
-- The assets of a system, as one list with commas.
-- $1::int4 : realm
-- $2::text : system
SELECT coalesce(string_agg(asset_id::text, ',' ORDER BY asset_id), '')
FROM asset_member WHERE realm_id = $1 AND system = $2
