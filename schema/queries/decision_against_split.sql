-- SPDX-License-Identifier: Apache-2.0
-- What speaks against some addresses of an asset being another: the keys by which they came to it.
-- $1::int8 : the asset
-- $2::text : the addresses, with spaces between
SELECT 'address ' || host(address), reason
FROM address
WHERE asset_id = $1 AND until_run IS NULL AND starts_with(reason, 'by ')
  AND address = ANY (string_to_array($2, ' ')::inet[])
ORDER BY address
