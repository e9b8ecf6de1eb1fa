-- SPDX-License-Identifier: Apache-2.0
-- Addresses of an asset that are known to show an identity key, with spaces between; NULL: none.
-- $1::int8 : asset
-- $2::text : type
-- $3::text : value
SELECT string_agg(host(address), ' ' ORDER BY address)
FROM key_sighting
WHERE asset_id = $1 AND type = $2 AND value = $3 AND until_run IS NULL
