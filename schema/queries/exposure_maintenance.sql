-- SPDX-License-Identifier: Apache-2.0
-- Remote maintenance as attested beside what answers to the Internet: what was observed with the
-- registration that covers it, and the registrations of which nothing was observed.
-- $1::text : only of this realm; NULL: any
-- $2::text : only of this operator; NULL: any
-- $3::text : only of this system; NULL: any
WITH seen AS (
    SELECT e.realm, e.organisation, e.system, e.realm_id, e.asset_id, e.asset, host(e.address)
            AS address, e.transport || '/' || e.port AS port, e.kind, e.state, e.registration,
        e.address AS spot, e.port AS number
    FROM exposed_maintenance e
    WHERE ($1 IS NULL OR e.realm = $1) AND ($2 IS NULL OR e.organisation = $2)
        AND ($3 IS NULL OR e.system = $3)
), told AS (
    SELECT s.realm, s.organisation, s.system, s.state, s.address, s.port, s.kind, s.asset_id,
        s.asset, s.registration, s.realm_id, s.spot, s.number
    FROM seen s
    UNION ALL
    SELECT r.name, coalesce(y.organisation, ''), m.system, CASE
            WHEN m.valid_until < now()::date THEN 'expired, not observed'
            ELSE 'not observed' END, '', '', '', 0, '', m.id, m.realm_id, NULL, 0
    FROM remote_maintenance m
    JOIN realm r USING (realm_id)
    LEFT JOIN system y ON y.realm_id = m.realm_id AND y.id = m.system AND y.until_import IS NULL
    WHERE m.until_import IS NULL AND ($1 IS NULL OR r.name = $1)
        AND ($2 IS NULL OR y.organisation = $2) AND ($3 IS NULL OR m.system = $3)
        AND NOT EXISTS (SELECT FROM seen s
            WHERE s.realm_id = m.realm_id AND s.registration = m.id)
)
SELECT t.realm, t.organisation, t.system, t.state, t.address, t.port, t.kind, t.asset_id, t.asset,
    coalesce(t.registration, ''), coalesce(m.supplier, ''), coalesce(o.name, ''),
    coalesce(m.path, ''), coalesce(m.valid_until::text, ''), coalesce(m.assessment, ''),
    coalesce(m.controls, ''), coalesce(m.document, '')
FROM told t
LEFT JOIN remote_maintenance m ON m.realm_id = t.realm_id AND m.id = t.registration
    AND m.until_import IS NULL
LEFT JOIN organisation o ON o.realm_id = t.realm_id AND o.id = m.supplier
    AND o.until_import IS NULL
ORDER BY t.realm COLLATE "C", t.organisation COLLATE "C", t.system COLLATE "C", t.spot, t.number,
    t.port COLLATE "C", t.registration COLLATE "C"
