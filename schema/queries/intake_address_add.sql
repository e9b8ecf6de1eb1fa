-- SPDX-License-Identifier: Apache-2.0
-- Adds the addresses that an asset has now.
-- $1::int8 : batch
-- $2::int8 : run
-- $3::int4 : realm
INSERT INTO address (asset_id, address, realm_id, mac, grade, method, reason, from_run)
SELECT i.asset_id, i.address, $3, coalesce(i.mac, o.mac),
       CASE WHEN i.method <> 'import' AND (i.up OR i.method = 'trace') THEN 'measured'
            ELSE 'claimed' END,
       i.method, coalesce(o.reason, i.reason), $2
FROM stage_identity i
LEFT JOIN address o ON o.asset_id = i.asset_id AND o.address = i.address AND o.until_run = $2
WHERE i.batch = $1
  AND NOT EXISTS (
      SELECT FROM address a
      WHERE a.asset_id = i.asset_id AND a.address = i.address AND a.until_run IS NULL)
ORDER BY i.asset_id, i.address
