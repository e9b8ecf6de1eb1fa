-- SPDX-License-Identifier: Apache-2.0
-- Adds identity keys.
-- $1::int8 : batch
-- $2::int8 : run
-- $3::int4 : realm
WITH type AS (
    SELECT t.attribute,
           coalesce((SELECT k.strength FROM key_rule k WHERE t.attribute ~* k.pattern
                     ORDER BY length(k.pattern) DESC, k.pattern LIMIT 1), 'weak') AS strength
    FROM (SELECT DISTINCT attribute FROM stage_statement
          WHERE batch = $1 AND kind = 'key') t
)
INSERT INTO identity_key
	(asset_id, type, value, realm_id, strength, shared, verdict, reason, method, evidence,
	 from_run)
SELECT DISTINCT ON (i.asset_id, s.attribute, s.value)
       i.asset_id, s.attribute, s.value, $3, type.strength, w.shared, 'auto',
       coalesce(nullif(h.reason, ''), 'met at ' || place_text(s.address)), s.method, s.evidence, $2
FROM stage_statement s
JOIN type USING (attribute)
JOIN stage_identity i ON i.batch = $1 AND i.address = s.address
LEFT JOIN stage_shared h ON h.batch = $1 AND h.type = s.attribute AND h.value = s.value
CROSS JOIN LATERAL (
    SELECT h.batch IS NOT NULL OR EXISTS (
        SELECT FROM identity_key k
        WHERE hashtextextended(k.value, 0) = hashtextextended(s.value, 0)
          AND k.value = s.value AND k.type = s.attribute
          AND k.realm_id = $3 AND k.until_run IS NULL AND k.shared) AS shared) w
WHERE s.batch = $1 AND s.kind = 'key'
  AND NOT EXISTS (
      SELECT FROM identity_key k
      WHERE k.asset_id = i.asset_id AND k.type = s.attribute AND k.value = s.value
        AND k.until_run IS NULL)
ORDER BY i.asset_id, s.attribute, s.value, s.address, s.number
