-- SPDX-License-Identifier: Apache-2.0
-- Ends identity keys in whose place the asset shows others of the type: at least as many as
-- it had, and not this one. What a foreign file says ends none. Of a type that proves something and of which
-- a thing has many (MACs) a key ends when all addresses that showed it show another one, and not before; of
-- a weak one (certificates) each address has several itself. Where a station without an address was met
-- nothing else is ever shown: that neither ends a key nor keeps it from ending with its addresses.
-- $1::int8 : batch
-- $2::int8 : run
WITH said AS MATERIALIZED (
    SELECT address, attribute AS type, value
    FROM stage_statement
    WHERE batch = $1 AND kind = 'key' AND method NOT IN ('listening', 'import')
      AND attribute <> 'station'
), shown AS (
    SELECT i.asset_id, s.type, array_agg(DISTINCT s.value) AS values
    FROM said s
    JOIN stage_identity i ON i.batch = $1 AND i.address = s.address
    GROUP BY i.asset_id, s.type
), many AS MATERIALIZED (
    SELECT t.type
    FROM (SELECT DISTINCT type FROM said) t
    CROSS JOIN LATERAL key_trust(t.type) r
    WHERE r.holds = 'many' AND r.strength <> 'weak'
)
UPDATE identity_key k
SET until_run = $2
FROM shown n
WHERE k.asset_id = n.asset_id AND k.type = n.type AND k.until_run IS NULL
  AND k.verdict = 'auto' AND k.from_run < $2 AND NOT k.value = ANY (n.values)
  AND coalesce(
      (SELECT bool_or(NOT place_is_mac(g.address))
              AND NOT bool_or(g.until_run IS NULL AND NOT place_is_mac(g.address)
                  AND (g.address, g.type) NOT IN (SELECT s.address, s.type FROM said s))
       FROM key_sighting g
       WHERE k.type IN (SELECT type FROM many)
         AND g.asset_id = k.asset_id AND g.type = k.type AND g.value = k.value
         AND (g.until_run IS NULL OR g.until_run = $2)),
      cardinality(n.values) >= (
          SELECT count(*) FROM identity_key o
          WHERE o.asset_id = k.asset_id AND o.type = k.type AND o.until_run IS NULL
            AND o.from_run < $2))
