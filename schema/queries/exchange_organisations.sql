-- SPDX-License-Identifier: Apache-2.0
-- The organisations that a file names, by id: all, or those of one system and its neighbours
-- with whoever answers for it, supplies it or carries its lines, and the organisations above
-- them.
-- $1::int4 : realm
-- $2::timestamptz : as of; NULL: now
-- $3::text : of this system; empty: none; NULL: all
-- $4::text : numbers of its assets, with commas
WITH RECURSIVE later AS (
    SELECT id FROM register_import WHERE realm_id = $1 AND imported > $2
), held AS (
    SELECT DISTINCT ON (o.id) o.* FROM organisation o
    WHERE o.realm_id = $1 AND ($2 IS NULL OR o.as_of <= $2::date)
        AND (o.until_import IS NULL OR o.until_import IN (SELECT id FROM later))
    ORDER BY o.id, o.as_of DESC, o.from_import DESC
), named AS (
    SELECT s.organisation AS id FROM system s
    WHERE s.realm_id = $1 AND (s.until_import IS NULL OR s.until_import IN (SELECT id FROM later))
        AND ($3 IS NULL OR s.id = $3 OR EXISTS (SELECT FROM dependency d
            WHERE d.realm_id = $1 AND (d.until_import IS NULL
                    OR d.until_import IN (SELECT id FROM later))
                AND ((d.from_system = $3 AND d.on_system = s.id)
                    OR (d.on_system = $3 AND d.from_system = s.id))))
    UNION
    SELECT c.carrier FROM circuit c
    WHERE c.realm_id = $1 AND c.until_import IS NULL AND $3 = ANY (c.systems)
    UNION
    SELECT c.supplier FROM contract c
    WHERE c.realm_id = $1 AND c.until_import IS NULL AND $3 = ANY (c.systems)
    UNION
    SELECT m.supplier FROM remote_maintenance m
    WHERE m.realm_id = $1 AND m.until_import IS NULL AND m.system = $3
    UNION
    SELECT r.organisation FROM responsibility r
    WHERE r.realm_id = $1 AND r.until_import IS NULL AND r.subject = 'system' AND r.value = $3
    UNION
    SELECT x.organisation FROM asset_responsible x
    WHERE $3 IS NOT NULL AND x.asset_id = ANY (string_to_array($4, ',')::int8[])
    UNION
    SELECT h.parent FROM held h JOIN named n ON n.id = h.id WHERE h.parent IS NOT NULL
)
SELECT h.id, h.name, h.sector, h.credit_code, h.unit_type, h.affiliation, h.division,
    coalesce(h.parent, ''), h.as_of::text, h.document,
    coalesce((extract(epoch FROM i.imported) * 1000000)::int8, 0),
    coalesce((SELECT string_agg(DISTINCT p.code, ' ' ORDER BY p.code) FROM org_role p
        WHERE p.realm_id = $1 AND p.organisation = h.id AND ($2 IS NULL OR p.as_of <= $2::date)
            AND (p.until_import IS NULL OR p.until_import IN (SELECT id FROM later))), ''),
    h.address, h.postcode, h.industry
FROM held h JOIN register_import i ON i.id = h.from_import
WHERE $3 IS NULL OR h.id IN (SELECT id FROM named)
ORDER BY h.id COLLATE "C"
