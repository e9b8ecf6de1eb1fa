-- SPDX-License-Identifier: Apache-2.0
-- The newest proposal about a system of each pack by which an entry can be made, with the papers behind it: those that
-- say cii first, then those for review, each newest first.
-- $1::int4 : realm
-- $2::text : system
SELECT id, pack, version, pack_sha256, outcome, missing, inputs_sha256,
    coalesce((SELECT string_agg(DISTINCT m[1], ', ' ORDER BY m[1])
        FROM regexp_matches(inputs, 'document="([^"]+)"', 'g') AS m), ''),
    (SELECT p.authority FROM norm_pack p WHERE p.id = pack AND p.version = newest.version)
FROM (SELECT DISTINCT ON (pack) * FROM norm_eval e
    WHERE realm_id = $1 AND system = $2 AND unit = 'system' AND EXISTS (SELECT FROM norm_pack p
        WHERE p.id = e.pack AND p.version = e.version AND p.designates)
    ORDER BY pack, id DESC) AS newest
ORDER BY (outcome = 'cii') DESC, (outcome = 'review') DESC, id DESC
