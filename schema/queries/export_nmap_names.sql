-- SPDX-License-Identifier: Apache-2.0
-- Names of the addresses of the assets of one page.
-- $1::int4 : realm
-- $2::int8 : first asset
-- $3::int8 : last asset
SELECT asset_id, address, name, bool_or(source LIKE '%ptr') AS by_address
FROM name
WHERE asset_id BETWEEN $2 AND $3 AND realm_id = $1 AND until_run IS NULL
GROUP BY asset_id, address, name
ORDER BY asset_id, address, name COLLATE "C"
