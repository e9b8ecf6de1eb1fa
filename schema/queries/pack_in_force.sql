-- SPDX-License-Identifier: Apache-2.0
-- Of each norm pack the newest version in force.
-- $1::text : the day, YYYY-MM-DD
-- $2::text : only this pack; NULL: all
SELECT DISTINCT ON (id COLLATE "C") id, version, sha256, file
FROM norm_pack
WHERE effective_from <= $1::date AND (effective_until IS NULL OR effective_until >= $1::date)
    AND ($2 IS NULL OR id = $2)
ORDER BY id COLLATE "C", string_to_array(version, '.')::int4[] DESC
