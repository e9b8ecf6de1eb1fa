-- SPDX-License-Identifier: Apache-2.0
-- The newest proposal of each pack about a system, newest first, with the papers behind it.
-- $1::int4 : realm
-- $2::text : system
SELECT id, pack, version, pack_sha256, outcome, missing, inputs_sha256,
    coalesce((SELECT string_agg(DISTINCT m[1], ', ' ORDER BY m[1])
        FROM regexp_matches(inputs, 'document="([^"]+)"', 'g') AS m), '')
FROM (SELECT DISTINCT ON (pack) * FROM norm_eval
    WHERE realm_id = $1 AND system = $2 ORDER BY pack, id DESC) AS newest
ORDER BY (outcome = 'cii') DESC, id DESC
