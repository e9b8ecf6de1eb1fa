-- SPDX-License-Identifier: Apache-2.0
-- Which system depends on which, by id.
-- $1::int4 : realm
-- $2::timestamptz : as of; NULL: now
-- $3::text : of or on this system; empty: none; NULL: all
SELECT DISTINCT d.from_system COLLATE "C", d.on_system COLLATE "C"
FROM dependency d
LEFT JOIN register_import u ON u.id = d.until_import
WHERE d.realm_id = $1 AND ($3 IS NULL OR $3 IN (d.from_system, d.on_system))
    AND ($2 IS NULL OR d.as_of <= $2::date)
    AND (d.until_import IS NULL OR u.imported > $2)
ORDER BY 1, 2
