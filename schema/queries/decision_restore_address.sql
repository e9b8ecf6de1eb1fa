-- SPDX-License-Identifier: Apache-2.0
-- Addresses that go with an asset which is itself again: those that it had and the other still has,
-- and those that came since by a key which was its alone. So do places where it was met without an address.
-- With spaces between; NULL: none.
-- $1::int8 : the asset that is itself again
-- $2::int8 : the asset that it was merged into
-- $3::int8 : run of the merge
WITH own AS (
    SELECT k.type, k.value FROM identity_key k
    WHERE k.asset_id = $1 AND k.until_run = $3 AND NOT k.shared AND k.strength <> 'weak'
      AND NOT EXISTS (
               SELECT FROM identity_key b
               WHERE b.asset_id = $2 AND b.type = k.type AND b.value = k.value
                 AND b.from_run < $3 AND (b.until_run IS NULL OR b.until_run >= $3))
), place AS (
    SELECT asset_id, address, from_run, until_run FROM address WHERE asset_id IN ($1, $2)
    UNION ALL
    SELECT asset_id, address, from_run, until_run FROM key_sighting
    WHERE asset_id IN ($1, $2) AND place_is_mac(address)
)
SELECT string_agg(DISTINCT host(b.address), ' ')
FROM place b
WHERE b.asset_id = $2 AND b.until_run IS NULL
  AND (EXISTS (SELECT FROM place a
               WHERE a.asset_id = $1 AND a.address = b.address AND a.until_run = $3)
       OR (NOT EXISTS (SELECT FROM place o
                       WHERE o.asset_id = $2 AND o.address = b.address AND o.from_run <= $3)
           AND EXISTS (
               SELECT FROM own k
               JOIN key_sighting g ON g.asset_id = $2 AND g.address = b.address
                   AND g.type = k.type AND g.value = k.value AND g.until_run IS NULL)))
