-- SPDX-License-Identifier: Apache-2.0
-- Addresses of the assets concerned that the batch did not meet, and whether it looked for them.
-- $1::int8 : batch
-- $2::int4 : realm
WITH met AS MATERIALIZED (
    SELECT DISTINCT address FROM stage_endpoint WHERE batch = $1
), concerned AS (
    SELECT a.asset_id
    FROM met e
    JOIN address a ON a.address = e.address AND a.realm_id = $2 AND a.until_run IS NULL
    UNION
    SELECT k.asset_id
    FROM (SELECT DISTINCT attribute, value FROM stage_statement
          WHERE batch = $1 AND kind = 'key') s
    JOIN identity_key k ON md5(k.value) = md5(s.value) AND k.value = s.value
        AND k.type = s.attribute AND k.realm_id = $2 AND k.until_run IS NULL
)
SELECT a.asset_id, a.address, EXISTS (
           SELECT FROM stage_coverage c
           WHERE c.batch = $1 AND c.method <> 'listening' AND a.address <<= c.cidr)
FROM concerned
JOIN address a USING (asset_id)
WHERE a.until_run IS NULL
  AND NOT EXISTS (SELECT FROM met WHERE met.address = a.address)
ORDER BY a.address, a.asset_id
