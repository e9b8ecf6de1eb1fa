-- SPDX-License-Identifier: Apache-2.0
-- Adds identity keys.
-- $1::int8 : batch
-- $2::int8 : run
-- $3::int4 : realm
WITH told AS MATERIALIZED (
    SELECT *
    FROM key_told s
    WHERE NOT EXISTS (
        SELECT FROM identity_key k
        WHERE k.asset_id = s.asset_id AND k.type = s.type AND k.value = s.value
          AND k.until_run IS NULL)
), type AS (
    SELECT t.type,
           coalesce((SELECT k.strength FROM key_rule k WHERE t.type ~* k.pattern
                     ORDER BY length(k.pattern) DESC, k.pattern LIMIT 1), 'weak') AS strength
    FROM (SELECT DISTINCT type FROM told) t
)
INSERT INTO identity_key
	(asset_id, type, value, realm_id, strength, shared, verdict, reason, method, evidence,
	 from_run)
SELECT DISTINCT ON (s.asset_id, s.type, s.value)
       s.asset_id, s.type, s.value, $3, type.strength, w.shared, 'auto',
       coalesce(nullif(h.reason, ''), 'met at ' || place_text(s.address)), s.method, s.evidence, $2
FROM told s
JOIN type USING (type)
LEFT JOIN stage_shared h ON h.batch = $1 AND h.type = s.type AND h.value = s.value
CROSS JOIN LATERAL (
    SELECT h.batch IS NOT NULL OR EXISTS (
        SELECT FROM identity_key k
        WHERE hashtextextended(k.value, 0) = hashtextextended(s.value, 0)
          AND k.value = s.value AND k.type = s.type
          AND k.realm_id = $3 AND k.until_run IS NULL AND k.shared) AS shared) w
ORDER BY s.asset_id, s.type, s.value, s.address, s.number
