-- SPDX-License-Identifier: Apache-2.0
-- Ends identity keys in whose place the asset shows others of the type: at least as many as
-- it had, and not this one. What a foreign file says ends none. Of a type of which a thing has many (MACs)
-- a key ends when all addresses that showed it show another one, and not before.
-- $1::int8 : batch
-- $2::int8 : run
WITH said AS MATERIALIZED (
    SELECT address, attribute AS type, value
    FROM stage_statement
    WHERE batch = $1 AND kind = 'key' AND method NOT IN ('listening', 'import')
), shown AS (
    SELECT i.asset_id, s.type, array_agg(DISTINCT s.value) AS values
    FROM said s
    JOIN stage_identity i ON i.batch = $1 AND i.address = s.address
    GROUP BY i.asset_id, s.type
), many AS MATERIALIZED (
    SELECT t.type FROM (SELECT DISTINCT type FROM said) t
    WHERE (key_trust(t.type)).holds = 'many'
)
UPDATE identity_key k
SET until_run = $2
FROM shown n
WHERE k.asset_id = n.asset_id AND k.type = n.type AND k.until_run IS NULL
  AND k.verdict = 'auto' AND k.from_run < $2 AND NOT k.value = ANY (n.values)
  AND CASE WHEN k.type IN (SELECT type FROM many) AND EXISTS (
      SELECT FROM key_sighting g
      WHERE g.asset_id = k.asset_id AND g.type = k.type AND g.value = k.value
        AND (g.until_run IS NULL OR g.until_run = $2))
  THEN NOT EXISTS (
      SELECT FROM key_sighting g
      WHERE g.asset_id = k.asset_id AND g.type = k.type AND g.value = k.value
        AND g.until_run IS NULL
        AND NOT EXISTS (SELECT FROM said s WHERE s.address = g.address AND s.type = g.type))
  ELSE cardinality(n.values) >= (
      SELECT count(*) FROM identity_key o
      WHERE o.asset_id = k.asset_id AND o.type = k.type AND o.until_run IS NULL
        AND o.from_run < $2) END
