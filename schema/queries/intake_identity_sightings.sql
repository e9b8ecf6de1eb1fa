-- SPDX-License-Identifier: Apache-2.0
-- Which addresses of the assets concerned that have several showed which keys.
-- $1::int8 : batch
-- $2::int4 : realm
WITH concerned AS (
    SELECT a.asset_id
    FROM (SELECT DISTINCT address FROM stage_endpoint WHERE batch = $1) e
    JOIN address a ON a.address = e.address AND a.realm_id = $2 AND a.until_run IS NULL
    UNION
    SELECT k.asset_id
    FROM (SELECT DISTINCT attribute, value FROM stage_statement
          WHERE batch = $1 AND kind = 'key') s
    JOIN identity_key k ON md5(k.value) = md5(s.value) AND k.value = s.value
        AND k.type = s.attribute AND k.realm_id = $2 AND k.until_run IS NULL
), several AS (
    SELECT a.asset_id
    FROM concerned
    JOIN address a USING (asset_id)
    WHERE a.until_run IS NULL
    GROUP BY a.asset_id
    HAVING count(*) > 1
)
SELECT g.address, g.type, g.value
FROM several
JOIN key_sighting g USING (asset_id)
WHERE g.until_run IS NULL
  AND EXISTS (
      SELECT FROM identity_key k
      WHERE k.asset_id = g.asset_id AND k.type = g.type AND k.value = g.value
        AND k.until_run IS NULL)
ORDER BY g.address, g.type, g.value
