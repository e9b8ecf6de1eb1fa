-- SPDX-License-Identifier: Apache-2.0
-- What is attested of organisations beside their names, by id: roles with scope and validity,
-- the offices that answer, mergers and divisions.
-- $1::int4 : realm
WITH said AS (
    SELECT p.organisation AS id, 1 AS place, 'role' AS name, p.code || CASE WHEN p.scope <> ''
            THEN ': ' || p.scope ELSE '' END
        || CASE WHEN isfinite(p.valid_from) THEN ', from ' || p.valid_from ELSE '' END
        || coalesce(', until ' || p.valid_until, '') AS value,
        p.as_of, p.document, p.from_import
    FROM org_role p WHERE p.realm_id = $1 AND p.until_import IS NULL
    UNION ALL
    SELECT c.organisation, 2, 'contact ' || c.role, concat_ws(', ', nullif(c.department, ''),
            nullif(c.title, ''), nullif(c.phone, ''), nullif(c.email, '')), c.as_of, c.document,
        c.from_import
    FROM org_contact c WHERE c.realm_id = $1 AND c.until_import IS NULL
    UNION ALL
    SELECT e.organisation, 3, 'event ' || e.event, e.day || coalesce(' with ' || o.name
            || ' (' || e.other || ')', CASE WHEN e.other <> '' THEN ' with ' || e.other ELSE '' END)
        || CASE WHEN e.note <> '' THEN ': ' || e.note ELSE '' END, e.as_of, e.document,
        e.from_import
    FROM org_event e
    LEFT JOIN organisation o ON o.realm_id = e.realm_id AND o.id = e.other
        AND o.until_import IS NULL
    WHERE e.realm_id = $1 AND e.until_import IS NULL
    UNION ALL
    SELECT m.organisation, 4, m.name, trim_scale(m.value) || ' ' || m.unit, m.as_of, m.document,
        m.from_import
    FROM org_metric m WHERE m.realm_id = $1 AND m.until_import IS NULL
)
SELECT s.id, s.name, s.value, s.document, s.as_of::text,
    coalesce((extract(epoch FROM i.imported) * 1000000)::int8, 0)
FROM said s JOIN register_import i ON i.id = s.from_import
WHERE s.value <> ''
ORDER BY s.id COLLATE "C", s.place, s.name COLLATE "C", s.value COLLATE "C"
