-- SPDX-License-Identifier: Apache-2.0
-- Adds which address showed which key.
-- $1::int8 : run
-- $2::int4 : realm
INSERT INTO key_sighting (asset_id, address, type, value, realm_id, source, from_run)
SELECT s.asset_id, s.address, s.type, s.value, $2, min(s.source), $1
FROM key_told s
WHERE NOT EXISTS (
    SELECT FROM key_sighting g
    WHERE g.asset_id = s.asset_id AND g.address = s.address AND g.type = s.type
      AND g.value = s.value AND g.until_run IS NULL)
GROUP BY s.asset_id, s.address, s.type, s.value
ORDER BY s.asset_id, s.address, s.type, s.value
