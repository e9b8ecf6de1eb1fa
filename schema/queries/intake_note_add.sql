-- SPDX-License-Identifier: Apache-2.0
-- Adds what is special about an address.
-- $1::int8 : batch
-- $2::int8 : run
-- $3::int4 : realm
INSERT INTO fact
	(asset_id, subject, attribute, source, value, realm_id, grade, method, from_run)
SELECT n.asset_id, place_text(n.address), n.attribute, 'identity', n.value, $3, 'derived',
       'identity', $2
FROM stage_note n
WHERE n.batch = $1
  AND NOT EXISTS (
      SELECT FROM fact f
      WHERE f.asset_id = n.asset_id AND f.subject = place_text(n.address)
        AND f.attribute = n.attribute AND f.source = 'identity' AND f.until_run IS NULL)
ORDER BY n.asset_id, n.address, n.attribute
