-- SPDX-License-Identifier: Apache-2.0
-- How many open addresses an asset has, whether an address is one of them, and by how many MACs it was met
-- without one.
-- $1::int8 : asset
-- $2::inet : address
SELECT count(*), coalesce(bool_or(address = $2), false),
       (SELECT count(*) FROM identity_key
        WHERE asset_id = $1 AND type = 'station' AND until_run IS NULL)
FROM address
WHERE asset_id = $1 AND until_run IS NULL
