-- SPDX-License-Identifier: Apache-2.0
-- Open ports of the assets of one page.
-- $1::int4 : realm
-- $2::int8 : first asset
-- $3::int8 : last asset
SELECT asset_id, address, transport, port, protocol, product, version, cpe
FROM service
WHERE asset_id BETWEEN $2 AND $3 AND realm_id = $1 AND until_run IS NULL
ORDER BY asset_id, address, transport, port
