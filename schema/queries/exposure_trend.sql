-- SPDX-License-Identifier: Apache-2.0
-- The exposed surface at each of some times: the ends of the runs from the Internet, or the last
-- moments of days, weeks or months (UTC) that held one; oldest first. What it was is told by the
-- rows that held then and by the ledger as it was; whose it is, by the register as it is. Exits:
-- those that were attested by then, of the operator or system that is asked for.
-- $1::text : only of this realm; NULL: any
-- $2::text : only of this operator; NULL: any
-- $3::text : only of this system; NULL: any
-- $4::text : step: run, day, week, month
-- $5::timestamptz : from this time on
-- $6::timestamptz : before this time
WITH point AS (
    SELECT max(u.ended) AS at
    FROM run u JOIN realm r USING (realm_id)
    WHERE u.vantage = 'internet' AND ($1 IS NULL OR r.name = $1)
        AND u.ended >= $5 AND u.ended < $6
    GROUP BY CASE WHEN $4 = 'run' THEN u.ended
        ELSE date_trunc($4, u.ended AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' END
), held AS (
    SELECT p.at, e.*, j.id AS entry, j.expires
    FROM point p
    JOIN exposure_history e ON e.since <= p.at AND (e.until IS NULL OR e.until > p.at)
    JOIN realm r USING (realm_id)
    LEFT JOIN LATERAL exposure_entry(e.realm_id, e.address, e.transport, e.port, p.at) AS j
        ON true
    WHERE ($1 IS NULL OR r.name = $1) AND ($2 IS NULL OR e.organisation = $2)
        AND ($3 IS NULL OR e.system = $3)
), leads AS (
    SELECT p.at, count(DISTINCT (c.realm_id, c.id)) AS exits
    FROM point p
    JOIN circuit c ON c.kind = 'internet' AND c.as_of <= p.at::date
    JOIN realm r USING (realm_id)
    LEFT JOIN register_import u ON u.id = c.until_import
    WHERE (u.id IS NULL OR u.imported > p.at) AND ($1 IS NULL OR r.name = $1)
        AND ($3 IS NULL OR $3 = ANY (c.systems))
        AND ($2 IS NULL OR c.organisation = $2 OR EXISTS (
            SELECT FROM system y WHERE y.realm_id = c.realm_id AND y.id = ANY (c.systems)
                AND y.organisation = $2 AND y.until_import IS NULL))
    GROUP BY p.at
), named AS (
    SELECT h.at, count(DISTINCT lower(n.name)) AS names
    FROM (SELECT DISTINCT at, asset_id, address FROM held) h
    JOIN name n ON n.asset_id = h.asset_id AND n.address = h.address
    JOIN run f ON f.run_id = n.from_run AND f.ended <= h.at
    LEFT JOIN run u ON u.run_id = n.until_run
    WHERE u.ended IS NULL OR u.ended > h.at
    GROUP BY h.at
), certified AS (
    SELECT h.at, count(DISTINCT c.value) AS certificates
    FROM held h
    JOIN fact c ON c.asset_id = h.asset_id AND c.attribute = 'tls.certificate.sha256'
        AND c.subject = host(h.address)
            || CASE h.transport WHEN 6 THEN ' tcp/' WHEN 17 THEN ' udp/' ELSE ' sctp/' END || h.port
    JOIN run f ON f.run_id = c.from_run AND f.ended <= h.at
    LEFT JOIN run u ON u.run_id = c.until_run
    WHERE u.ended IS NULL OR u.ended > h.at
    GROUP BY h.at
), counted AS (
    SELECT at, count(DISTINCT (realm_id, address)) AS addresses, count(*) AS services,
        count(DISTINCT system) FILTER (WHERE system <> '') AS systems,
        count(*) FILTER (WHERE kind = 'administration') AS administration,
        count(*) FILTER (WHERE kind = 'remote maintenance') AS maintenance,
        count(*) FILTER (WHERE kind = 'industrial protocol') AS industrial,
        count(*) FILTER (WHERE entry IS NULL) AS unjustified,
        count(*) FILTER (WHERE entry IS NOT NULL AND expires <= at) AS expired,
        count(*) FILTER (WHERE kind IN ('administration', 'remote maintenance') AND NOT EXISTS (
            SELECT FROM maintenance_entry(held.realm_id, held.system, held.address, held.at) AS g
            WHERE g.valid_until >= held.at::date)) AS unregistered
    FROM held GROUP BY at
)
SELECT (extract(epoch FROM p.at) * 1000000)::int8, coalesce(c.systems, 0),
    coalesce(l.exits, 0), coalesce(c.addresses, 0), coalesce(c.services, 0), coalesce(n.names, 0),
    coalesce(x.certificates, 0), coalesce(c.administration, 0), coalesce(c.maintenance, 0),
    coalesce(c.industrial, 0), coalesce(c.unjustified, 0), coalesce(c.expired, 0),
    coalesce(c.unregistered, 0)
FROM point p
LEFT JOIN counted c USING (at)
LEFT JOIN leads l USING (at)
LEFT JOIN named n USING (at)
LEFT JOIN certified x USING (at)
ORDER BY p.at
