-- SPDX-License-Identifier: Apache-2.0
-- The asset that is this machine.
-- $1::int4 : realm
SELECT asset_id
FROM address
WHERE realm_id = $1 AND until_run IS NULL
  AND (address << inet '127.0.0.0/8' OR address = inet '::1')
ORDER BY from_run, asset_id
LIMIT 1
