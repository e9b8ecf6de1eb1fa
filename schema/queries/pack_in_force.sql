-- SPDX-License-Identifier: Apache-2.0
-- Of each norm pack the newest version in force.
-- $1::text : the day, YYYY-MM-DD
-- $2::text : only this pack, and those that may speak in its place; NULL: all
WITH in_force AS (
    SELECT DISTINCT ON (id COLLATE "C") id, version, sha256, file, supersedes, unit
    FROM norm_pack
    WHERE effective_from <= $1::date AND (effective_until IS NULL OR effective_until >= $1::date)
    ORDER BY id COLLATE "C", string_to_array(version, '.')::int4[] DESC
)
SELECT p.id, p.version, p.sha256, p.file
FROM in_force p
WHERE $2 IS NULL OR p.id = $2
    OR p.supersedes = $2 AND p.unit = (SELECT unit FROM in_force WHERE id = $2)
ORDER BY p.id COLLATE "C"
