-- SPDX-License-Identifier: Apache-2.0
-- The exposed surface as last known, by system or by operator: how much, of what kind, how much
-- of it is justified, how much remote maintenance is registered, and by how many Internet exits
-- it is reached; those that have an exit and nothing exposed too.
-- $1::text : only of this realm; NULL: any
-- $2::text : only of this operator; NULL: any
-- $3::bool : by operator, else by system
WITH held AS (
    SELECT e.*, r.name AS realm, CASE WHEN $3 THEN '' ELSE e.system END AS part, j.id AS entry,
        j.expires, host(e.address) || CASE e.transport WHEN 6 THEN ' tcp/' WHEN 17 THEN ' udp/'
            ELSE ' sctp/' END
            || e.port AS spot
    FROM exposure_history e
    JOIN realm r USING (realm_id)
    LEFT JOIN LATERAL exposure_entry(e.realm_id, e.address, e.transport, e.port, now()) AS j
        ON true
    WHERE e.until_run IS NULL AND ($1 IS NULL OR r.name = $1)
        AND ($2 IS NULL OR e.organisation = $2)
), named AS (
    SELECT h.realm_id, h.organisation, h.part, count(DISTINCT lower(n.name)) AS names
    FROM (SELECT DISTINCT realm_id, organisation, part, asset_id, address FROM held) h
    JOIN name n ON n.asset_id = h.asset_id AND n.address = h.address AND n.until_run IS NULL
    GROUP BY 1, 2, 3
), certified AS (
    SELECT h.realm_id, h.organisation, h.part, count(DISTINCT c.value) AS certificates
    FROM held h
    JOIN fact c ON c.asset_id = h.asset_id AND c.attribute = 'tls.certificate.sha256'
        AND c.subject = h.spot AND c.until_run IS NULL
    GROUP BY 1, 2, 3
), counted AS (
    SELECT realm, realm_id, organisation, part, count(DISTINCT address) AS addresses,
        count(*) AS services,
        count(*) FILTER (WHERE kind = 'administration') AS administration,
        count(*) FILTER (WHERE kind = 'remote maintenance') AS maintenance,
        count(*) FILTER (WHERE kind = 'industrial protocol') AS industrial,
        count(*) FILTER (WHERE entry IS NULL) AS unjustified,
        count(*) FILTER (WHERE entry IS NOT NULL AND expires <= now()) AS expired,
        count(*) FILTER (WHERE kind IN ('administration', 'remote maintenance') AND NOT EXISTS (
            SELECT FROM maintenance_entry(held.realm_id, held.system, held.address, now()) AS g
            WHERE g.valid_until >= now()::date)) AS unregistered
    FROM held GROUP BY realm, realm_id, organisation, part
), leads AS (
    SELECT r.name AS realm, i.realm_id, v.organisation, v.part, count(DISTINCT i.id) AS exits
    FROM internet_exit i
    JOIN realm r USING (realm_id)
    CROSS JOIN LATERAL (
        SELECT i.organisation, '' AS part WHERE $3
        UNION
        SELECT y.organisation, CASE WHEN $3 THEN '' ELSE y.id END FROM system y
        WHERE y.realm_id = i.realm_id AND y.id = ANY (i.systems) AND y.until_import IS NULL) AS v
    WHERE ($1 IS NULL OR r.name = $1) AND ($2 IS NULL OR v.organisation = $2)
    GROUP BY 1, 2, 3, 4
), total AS (
    SELECT * FROM counted FULL JOIN leads USING (realm, realm_id, organisation, part)
)
SELECT t.realm, t.organisation, coalesce(o.name, ''), t.part, coalesce(s.name, ''),
    coalesce(t.exits, 0), coalesce(t.addresses, 0), coalesce(t.services, 0),
    coalesce(n.names, 0), coalesce(x.certificates, 0), coalesce(t.administration, 0),
    coalesce(t.maintenance, 0), coalesce(t.industrial, 0), coalesce(t.unjustified, 0),
    coalesce(t.expired, 0), coalesce(t.unregistered, 0)
FROM total t
LEFT JOIN named n USING (realm_id, organisation, part)
LEFT JOIN certified x USING (realm_id, organisation, part)
LEFT JOIN organisation o ON o.realm_id = t.realm_id AND o.id = t.organisation
    AND o.until_import IS NULL
LEFT JOIN system s ON s.realm_id = t.realm_id AND s.id = t.part AND s.until_import IS NULL
ORDER BY t.realm COLLATE "C", t.organisation COLLATE "C", t.part COLLATE "C"
