-- SPDX-License-Identifier: Apache-2.0
-- What suppliers do for systems: contracts in force, and remote maintenance as attested; a way in
-- whose registration ran out is still one.
-- $1::text : realm; NULL: all
-- $2::timestamptz : the moment; NULL: now
WITH supply AS (
    SELECT c.realm_id, s.system, c.supplier, c.service, c.access_path AS path, false AS remote
    FROM contract c CROSS JOIN LATERAL unnest(c.systems) AS s (system)
    WHERE c.until_import IS NULL
        AND (c.valid_from IS NULL OR c.valid_from <= coalesce($2, now())::date)
        AND (c.valid_until IS NULL OR c.valid_until >= coalesce($2, now())::date)
    UNION
    SELECT m.realm_id, m.system, m.supplier, m.necessity, m.path, true
    FROM remote_maintenance m WHERE m.until_import IS NULL
)
SELECT s.system, coalesce(nullif(o.name, ''), s.supplier) AS supplier, s.service, s.path, s.remote
FROM supply s
JOIN realm r USING (realm_id)
LEFT JOIN organisation o ON o.realm_id = s.realm_id AND o.id = s.supplier
    AND o.until_import IS NULL
WHERE $1 IS NULL OR r.name = $1
ORDER BY s.system COLLATE "C", coalesce(nullif(o.name, ''), s.supplier) COLLATE "C", s.remote, s.service COLLATE "C", s.path COLLATE "C"
