-- SPDX-License-Identifier: Apache-2.0
-- Identity keys that the register holds for the assets concerned.
WITH known AS (
    SELECT k.asset_id, k.type, k.value, k.shared, k.method = 'import' AS claimed
    FROM identity_key k
    JOIN identity_concerned USING (asset_id)
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
