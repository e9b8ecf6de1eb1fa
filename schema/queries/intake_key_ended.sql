-- SPDX-License-Identifier: Apache-2.0
-- Ends identity keys in whose place the asset shows others of the type: at least as many as
-- it had, and not this one. What a foreign file says ends none. Of a type that proves something and of which
-- a thing has many (MACs) a key ends when all addresses that showed it show another one, and not before; of
-- a weak one (certificates) each address has several itself. Where a station without an address was met
-- nothing else is ever shown: that neither ends a key nor keeps it from ending with its addresses.
-- $1::int8 : run
WITH said AS MATERIALIZED (
    SELECT asset_id, address, type, value
    FROM key_told
    WHERE method NOT IN ('listening', 'import') AND type <> 'station'
), unshown AS MATERIALIZED (
    SELECT k.asset_id, k.type, k.value
    FROM (SELECT DISTINCT asset_id, type FROM said) n
    JOIN identity_key k ON k.asset_id = n.asset_id AND k.type = n.type AND k.until_run IS NULL
    WHERE k.verdict = 'auto' AND k.from_run < $1
      AND NOT EXISTS (
          SELECT FROM said s
          WHERE s.asset_id = k.asset_id AND s.type = k.type AND s.value = k.value)
), shown AS MATERIALIZED (
    SELECT asset_id, type, count(DISTINCT value) AS values
    FROM said
    WHERE (asset_id, type) IN (SELECT asset_id, type FROM unshown)
    GROUP BY asset_id, type
), many AS MATERIALIZED (
    SELECT t.type
    FROM (SELECT DISTINCT type FROM unshown) t
    CROSS JOIN LATERAL key_trust(t.type) r
    WHERE r.holds = 'many' AND r.strength <> 'weak'
)
UPDATE identity_key k
SET until_run = $1
FROM unshown u
JOIN shown n USING (asset_id, type)
WHERE k.asset_id = u.asset_id AND k.type = u.type AND k.value = u.value AND k.until_run IS NULL
  AND coalesce(
      (SELECT bool_or(NOT place_is_mac(g.address))
              AND NOT bool_or(g.until_run IS NULL AND NOT place_is_mac(g.address)
                  AND (g.address, g.type) NOT IN (SELECT s.address, s.type FROM said s))
       FROM key_sighting g
       WHERE k.type IN (SELECT type FROM many)
         AND g.asset_id = k.asset_id AND g.type = k.type AND g.value = k.value
         AND (g.until_run IS NULL OR g.until_run = $1)),
      n.values >= (
          SELECT count(*) FROM identity_key o
          WHERE o.asset_id = k.asset_id AND o.type = k.type AND o.until_run IS NULL
            AND o.from_run < $1))
