-- SPDX-License-Identifier: Apache-2.0
-- The first day on which a norm pack and others, each superseded by the one before it, would silence
-- each other, and the ids of that ring.
-- $1::text : pack
-- $2::text : version
-- $3::text : effective from, YYYY-MM-DD
-- $4::text : effective until, or empty
-- $5::text : the pack that it supersedes
-- $6::text : what it judges
WITH RECURSIVE every AS (
    SELECT id COLLATE "C" AS id, version, effective_from, effective_until,
        supersedes COLLATE "C" AS supersedes
    FROM norm_pack WHERE unit = $6
    UNION ALL
    SELECT $1, $2, $3::date, nullif($4, '')::date, $5
), day AS (
    SELECT effective_from AS day FROM every
    UNION
    SELECT effective_until + 1 FROM every WHERE effective_until IS NOT NULL
), in_force AS (
    SELECT DISTINCT ON (d.day, e.id) d.day, e.id, e.version, e.supersedes
    FROM day d JOIN every e ON e.effective_from <= d.day
        AND (e.effective_until IS NULL OR e.effective_until >= d.day)
    ORDER BY d.day, e.id, string_to_array(e.version, '.')::int4[] DESC
), chain AS (
    SELECT day, supersedes AS id, ARRAY[id] AS ids FROM in_force
    WHERE id = $1 AND version = $2
    UNION ALL
    SELECT c.day, f.supersedes, c.ids || f.id
    FROM chain c JOIN in_force f ON f.day = c.day AND f.id = c.id
    WHERE f.id <> ALL (c.ids)
)
SELECT day::text, array_to_string(ids || id, ' supersedes ')
FROM chain
WHERE id = $1
ORDER BY day
LIMIT 1
