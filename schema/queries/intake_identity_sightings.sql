-- SPDX-License-Identifier: Apache-2.0
-- Which addresses of the assets concerned that have several showed which keys.
WITH several AS (
    SELECT a.asset_id
    FROM identity_concerned
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
