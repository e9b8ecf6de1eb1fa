-- SPDX-License-Identifier: Apache-2.0
-- How many addresses the assets concerned have.
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
)
SELECT a.asset_id, count(*)
FROM address a
JOIN concerned USING (asset_id)
WHERE a.until_run IS NULL
GROUP BY a.asset_id
ORDER BY a.asset_id
