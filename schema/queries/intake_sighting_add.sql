-- SPDX-License-Identifier: Apache-2.0
-- Adds which address showed which key.
-- $1::int8 : batch
-- $2::int8 : run
-- $3::int4 : realm
INSERT INTO key_sighting (asset_id, address, type, value, realm_id, source, from_run)
SELECT i.asset_id, s.address, s.attribute, s.value, $3, min(s.source), $2
FROM stage_statement s
JOIN stage_identity i ON i.batch = $1 AND i.address = s.address
WHERE s.batch = $1 AND s.kind = 'key'
  AND NOT EXISTS (
      SELECT FROM key_sighting g
      WHERE g.asset_id = i.asset_id AND g.address = s.address AND g.type = s.attribute
        AND g.value = s.value AND g.until_run IS NULL)
GROUP BY i.asset_id, s.address, s.attribute, s.value
ORDER BY i.asset_id, s.address, s.attribute, s.value
