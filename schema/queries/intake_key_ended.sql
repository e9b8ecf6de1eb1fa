-- SPDX-License-Identifier: Apache-2.0
-- Ends identity keys in whose place the asset shows others of the type: at least as many as
-- it had, and not this one. What a foreign file says ends none.
-- $1::int8 : batch
-- $2::int8 : run
WITH shown AS (
    SELECT i.asset_id, s.attribute AS type, array_agg(DISTINCT s.value) AS values
    FROM stage_statement s
    JOIN stage_identity i ON i.batch = $1 AND i.address = s.address
    WHERE s.batch = $1 AND s.kind = 'key' AND s.method NOT IN ('listening', 'import')
    GROUP BY i.asset_id, s.attribute
)
UPDATE identity_key k
SET until_run = $2
FROM shown n
WHERE k.asset_id = n.asset_id AND k.type = n.type AND k.until_run IS NULL
  AND k.verdict = 'auto' AND k.from_run < $2 AND NOT k.value = ANY (n.values)
  AND cardinality(n.values) >= (
      SELECT count(*) FROM identity_key o
      WHERE o.asset_id = k.asset_id AND o.type = k.type AND o.until_run IS NULL
        AND o.from_run < $2)
