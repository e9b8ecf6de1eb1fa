-- SPDX-License-Identifier: Apache-2.0
-- How many addresses the assets concerned have, and whether they are retired.
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
SELECT o.asset_id, count(a.address), o.state = 'retired'
FROM concerned
JOIN asset o USING (asset_id)
LEFT JOIN address a ON a.asset_id = o.asset_id AND a.until_run IS NULL
GROUP BY o.asset_id, o.state
ORDER BY o.asset_id
