-- SPDX-License-Identifier: Apache-2.0
-- A UUID is told in two byte orders (RFC 4122 and SMBIOS before 2.6): both are kept, in small letters.
-- $1::int8 : batch
INSERT INTO stage_statement
	(batch, kind, address, subject, attribute, value, source, grade, method, evidence, number)
SELECT DISTINCT ON (s.address, s.attribute, f.form)
       s.batch, s.kind, s.address, s.subject, s.attribute, f.form, s.source, s.grade, s.method,
       s.evidence, s.number
FROM stage_statement s
CROSS JOIN LATERAL (
    SELECT lower(s.value) AS form
    UNION ALL
    SELECT lower(regexp_replace(s.value,
        '^(..)(..)(..)(..)-(..)(..)-(..)(..)-', '\4\3\2\1-\6\5-\8\7-'))) f
WHERE s.batch = $1 AND s.kind = 'key' AND s.attribute ~* 'uuid'
  AND s.value ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
  AND f.form <> s.value
  AND NOT EXISTS (
      SELECT FROM stage_statement o
      WHERE o.batch = $1 AND o.kind = 'key' AND o.address = s.address
        AND o.attribute = s.attribute AND o.value = f.form)
ORDER BY s.address, s.attribute, f.form, s.number
