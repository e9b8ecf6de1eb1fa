-- SPDX-License-Identifier: Apache-2.0
-- Whether an asset has an identity key, and which of its addresses are known to show it, with spaces
-- between; NULL: none.
-- $1::int8 : asset
-- $2::text : type
-- $3::text : value
SELECT EXISTS (SELECT FROM identity_key k
               WHERE k.asset_id = $1 AND k.type = $2 AND k.value = $3 AND k.until_run IS NULL),
       string_agg(host(g.address), ' ' ORDER BY g.address)
FROM key_sighting g
WHERE NOT place_is_mac(g.address) AND g.asset_id = $1 AND g.type = $2 AND g.value = $3
    AND g.until_run IS NULL
