-- SPDX-License-Identifier: Apache-2.0
-- The systems that a file names, by id: all, or one and those that it depends on or that
-- depend on it, which are named only.
-- $1::int4 : realm
-- $2::timestamptz : as of; NULL: now
-- $3::text : this system and its neighbours; empty: none; NULL: all
WITH later AS (
    SELECT id FROM register_import WHERE realm_id = $1 AND imported > $2
), near AS (
    SELECT DISTINCT CASE WHEN d.from_system = $3 THEN d.on_system ELSE d.from_system END AS id
    FROM dependency d
    WHERE d.realm_id = $1 AND $3 IN (d.from_system, d.on_system)
        AND ($2 IS NULL OR d.as_of <= $2::date)
        AND (d.until_import IS NULL OR d.until_import IN (SELECT id FROM later))
)
SELECT DISTINCT ON (s.id COLLATE "C") s.id, s.name, s.organisation, s.sector, s.kind, s.external,
    $3 IS NOT NULL AND s.id <> $3, s.as_of::text, s.document
FROM system s
WHERE s.realm_id = $1 AND ($2 IS NULL OR s.as_of <= $2::date)
    AND (s.until_import IS NULL OR s.until_import IN (SELECT id FROM later))
    AND ($3 IS NULL OR s.id = $3 OR s.id IN (SELECT id FROM near))
ORDER BY s.id COLLATE "C", s.as_of DESC, s.from_import DESC
