-- SPDX-License-Identifier: Apache-2.0
-- Which addresses of the assets concerned that have several showed which keys.
SELECT g.address, g.type, g.value
FROM identity_concerned c
JOIN key_sighting g USING (asset_id)
WHERE c.addresses > 1 AND g.until_run IS NULL
  AND EXISTS (
      SELECT FROM identity_key k
      WHERE k.asset_id = g.asset_id AND k.type = g.type AND k.value = g.value
        AND k.until_run IS NULL)
ORDER BY g.address, g.type, g.value
