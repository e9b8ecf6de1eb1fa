-- SPDX-License-Identifier: Apache-2.0
-- Adds statements.
-- $1::int8 : batch
-- $2::int8 : run
-- $3::int4 : realm
INSERT INTO fact
	(asset_id, subject, attribute, source, value, realm_id, grade, method, evidence, from_run)
SELECT DISTINCT ON (i.asset_id, s.subject, s.attribute, s.source)
       i.asset_id, s.subject, s.attribute, s.source, s.value, $3, s.grade, s.method,
       s.evidence, $2
FROM stage_statement s
JOIN stage_identity i ON i.batch = $1 AND i.address = s.address
WHERE s.batch = $1 AND s.kind = 'fact'
  AND NOT EXISTS (
      SELECT FROM fact f
      WHERE f.asset_id = i.asset_id AND f.subject = s.subject AND f.attribute = s.attribute
        AND f.source = s.source AND f.until_run IS NULL)
ORDER BY i.asset_id, s.subject, s.attribute, s.source, s.number, s.value
