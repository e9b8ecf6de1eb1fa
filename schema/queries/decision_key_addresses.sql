-- SPDX-License-Identifier: Apache-2.0
-- Whether an asset has an identity key, and which of its addresses are known to show it, with spaces
-- between; NULL: none.
-- $1::int8 : asset
-- $2::text : type
-- $3::text : value
SELECT EXISTS (SELECT FROM identity_key k
               WHERE k.asset_id = $1 AND k.type = $2 AND k.value = $3 AND k.until_run IS NULL),
       string_agg(host(a.address), ' ' ORDER BY a.address)
FROM identity_key k
JOIN address a ON a.asset_id = k.asset_id AND a.until_run IS NULL
WHERE k.asset_id = $1 AND k.type = $2 AND k.value = $3 AND k.until_run IS NULL
  AND ((k.type = 'mac' AND a.mac::text = k.value)
       OR k.reason = 'met at ' || host(a.address)
       OR starts_with(a.reason, 'by ' || left(k.type, 24) || ' ' || left(k.value, 24)))
