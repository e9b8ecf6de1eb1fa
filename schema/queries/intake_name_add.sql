-- SPDX-License-Identifier: Apache-2.0
-- Adds names.
-- $1::int8 : batch
-- $2::int8 : run
-- $3::int4 : realm
INSERT INTO name
	(asset_id, address, name, source, realm_id, grade, method, evidence, from_run)
SELECT DISTINCT ON (i.asset_id, s.address, s.source, s.value)
       i.asset_id, s.address, s.value, s.source, $3, s.grade, s.method, s.evidence, $2
FROM stage_statement s
JOIN stage_identity i ON i.batch = $1 AND i.address = s.address
WHERE s.batch = $1 AND s.kind = 'name'
  AND NOT EXISTS (
      SELECT FROM name n
      WHERE n.asset_id = i.asset_id AND n.address = s.address AND n.source = s.source
        AND n.name = s.value AND n.until_run IS NULL)
ORDER BY i.asset_id, s.address, s.source, s.value, s.number
