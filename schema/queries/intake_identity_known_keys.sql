-- SPDX-License-Identifier: Apache-2.0
-- Identity keys that the register holds for the assets concerned.
-- $1::int8 : batch
-- $2::int4 : realm
WITH concerned AS (
    SELECT a.asset_id
    FROM (SELECT DISTINCT address FROM stage_endpoint WHERE batch = $1) e
    JOIN address a ON a.address = e.address AND a.realm_id = $2 AND a.until_run IS NULL
    UNION
    SELECT k.asset_id
    FROM (SELECT DISTINCT attribute, value FROM stage_statement
          WHERE batch = $1 AND kind = 'key') s
    JOIN identity_key k ON md5(k.value) = md5(s.value) AND k.value = s.value
        AND k.type = s.attribute AND k.realm_id = $2 AND k.until_run IS NULL
), known AS (
    SELECT k.asset_id, k.type, k.value, k.shared, k.method = 'import' AS claimed
    FROM identity_key k
    JOIN concerned USING (asset_id)
    WHERE k.until_run IS NULL
), type AS MATERIALIZED (
    SELECT t.type, (r.k).*
    FROM (SELECT DISTINCT type FROM known) t
    CROSS JOIN LATERAL (SELECT key_trust(t.type) AS k OFFSET 0) r
)
SELECT known.asset_id, known.type, known.value, coalesce(type.strength, 'weak'),
       coalesce(type.score, 5), coalesce(type.holds, 'many'), coalesce(type.joins, false),
       coalesce(type.most, 1), known.shared, known.claimed
FROM known
JOIN type USING (type)
ORDER BY known.asset_id, known.type, known.value
