-- SPDX-License-Identifier: Apache-2.0
-- How many open addresses an asset has, and whether an address is one of them.
-- $1::int8 : asset
-- $2::inet : address
SELECT count(*), coalesce(bool_or(address = $2), false)
FROM address
WHERE asset_id = $1 AND until_run IS NULL
