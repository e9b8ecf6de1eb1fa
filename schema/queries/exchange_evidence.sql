-- SPDX-License-Identifier: Apache-2.0
-- The evidence behind what is said about the assets of a list: digests, kinds and sizes, never
-- the bytes.
-- $1::text : numbers of assets, with commas
-- $2::timestamptz : as of; NULL: now
WITH part AS (
    SELECT unnest(string_to_array($1, ',')::int8[]) AS asset_id
), used AS (
    SELECT s.asset_id, s.evidence FROM part JOIN service s USING (asset_id)
    WHERE s.evidence IS NOT NULL
    UNION
    SELECT c.asset_id, c.evidence FROM part JOIN fact c USING (asset_id)
    WHERE c.evidence IS NOT NULL
    UNION
    SELECT n.asset_id, n.evidence FROM part JOIN name n USING (asset_id)
    WHERE n.evidence IS NOT NULL
    UNION
    SELECT k.asset_id, k.evidence FROM part JOIN identity_key k USING (asset_id)
    WHERE k.evidence IS NOT NULL
)
SELECT u.asset_id, encode(e.sha256, 'hex'), e.kind, octet_length(e.bytes), e.first_run
FROM used u
JOIN evidence e ON e.sha256 = u.evidence
JOIN run f ON f.run_id = e.first_run AND ($2 IS NULL OR f.ended <= $2)
ORDER BY u.asset_id, e.sha256
