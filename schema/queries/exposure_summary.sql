-- SPDX-License-Identifier: Apache-2.0
-- The exposed surface as last known, by system or by operator: how much, of what kind, and how
-- much of it is justified.
-- $1::text : only of this realm; NULL: any
-- $2::text : only of this operator; NULL: any
-- $3::bool : by operator, else by system
WITH held AS (
    SELECT e.*, r.name AS realm, CASE WHEN $3 THEN '' ELSE e.system END AS part, j.id AS entry,
        j.expires, host(e.address) || CASE e.transport WHEN 6 THEN ' tcp/' ELSE ' udp/' END
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
        count(*) FILTER (WHERE entry IS NOT NULL AND expires <= now()) AS expired
    FROM held GROUP BY realm, realm_id, organisation, part
)
SELECT c.realm, c.organisation, coalesce(o.name, ''), c.part, coalesce(s.name, ''), c.addresses,
    c.services, coalesce(n.names, 0), coalesce(x.certificates, 0), c.administration,
    c.maintenance, c.industrial, c.unjustified, c.expired
FROM counted c
LEFT JOIN named n USING (realm_id, organisation, part)
LEFT JOIN certified x USING (realm_id, organisation, part)
LEFT JOIN organisation o ON o.realm_id = c.realm_id AND o.id = c.organisation
    AND o.until_import IS NULL
LEFT JOIN system s ON s.realm_id = c.realm_id AND s.id = c.part AND s.until_import IS NULL
ORDER BY c.realm COLLATE "C", c.organisation COLLATE "C", c.part COLLATE "C"
