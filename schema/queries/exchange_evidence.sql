-- SPDX-License-Identifier: Apache-2.0
-- The evidence behind what is said about the assets of a list: digests, kinds and sizes, never
-- the bytes.
-- $1::text : numbers of assets, with commas
-- $2::timestamptz : as of; NULL: now
WITH used AS (
    SELECT s.asset_id, s.evidence FROM service_ever s
    WHERE s.asset_id = ANY (string_to_array($1, ',')::int8[]) AND s.evidence IS NOT NULL
        AND (s.until_run IS NULL OR s.until_run IS NOT NULL)
    UNION
    SELECT c.asset_id, c.evidence FROM fact_ever c
    WHERE c.asset_id = ANY (string_to_array($1, ',')::int8[]) AND c.evidence IS NOT NULL
        AND (c.until_run IS NULL OR c.until_run IS NOT NULL)
    UNION
    SELECT n.asset_id, n.evidence FROM name_ever n
    WHERE n.asset_id = ANY (string_to_array($1, ',')::int8[]) AND n.evidence IS NOT NULL
        AND (n.until_run IS NULL OR n.until_run IS NOT NULL)
    UNION
    SELECT k.asset_id, k.evidence FROM identity_key_ever k
    WHERE k.asset_id = ANY (string_to_array($1, ',')::int8[]) AND k.evidence IS NOT NULL
        AND (k.until_run IS NULL OR k.until_run IS NOT NULL)
)
SELECT u.asset_id, encode(e.sha256, 'hex'), e.kind, octet_length(e.bytes), e.first_run
FROM used u
JOIN evidence e ON e.sha256 = u.evidence
JOIN cadastre.run f ON f.run_id = e.first_run AND ($2 IS NULL OR f.ended <= $2)
ORDER BY u.asset_id, e.sha256
