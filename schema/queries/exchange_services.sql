-- SPDX-License-Identifier: Apache-2.0
-- The services of the assets of a list, the former ones too. Last seen: the newest run that
-- asked for the port and met the asset. What is exposed has its entry of the ledger as it was
-- at a time; administration and remote maintenance the registration that covers it.
-- $1::text : numbers of assets, with commas
-- $2::timestamptz : as of; NULL: now
-- $3::timestamptz : the time at which the ledger is asked
WITH at AS MATERIALIZED (
    SELECT run_id, ended, (extract(epoch FROM ended) * 1000000)::int8 AS us FROM cadastre.run
    WHERE $2 IS NULL OR ended <= $2
), part AS MATERIALIZED (
    SELECT row_number() OVER () AS n, s.*, f.us AS since, u.run_id AS over, u.us AS until
    FROM service_ever s
    JOIN at f ON f.run_id = s.from_run
    LEFT JOIN at u ON u.run_id = s.until_run
    WHERE s.asset_id = ANY (string_to_array($1, ',')::int8[])
        AND (s.until_run IS NULL OR s.until_run IS NOT NULL)
), spot AS MATERIALIZED (
    SELECT e.*, k.ports, k.runs
    FROM (SELECT DISTINCT asset_id, address, transport FROM part) AS e
    CROSS JOIN LATERAL (
        SELECT array_agg(x.ports ORDER BY x.run_id DESC) AS ports,
            array_agg(x.run_id ORDER BY x.run_id DESC) AS runs
        FROM (
            SELECT v.ports, max(v.run_id) AS run_id
            FROM cadastre.coverage v
            WHERE v.run_id = ANY (ARRAY(
                    SELECT ar.run_id FROM met_ever ar JOIN at USING (run_id)
                    WHERE ar.asset_id = e.asset_id AND ar.outcome <> 'quiet')::int8[])
                AND v.cidr >>= e.address AND v.transport = e.transport
            GROUP BY v.ports) AS x) AS k
), last AS MATERIALIZED (
    SELECT p.n, CASE WHEN p.over IS NULL THEN (
            SELECT x.run_id FROM unnest(k.ports, k.runs) AS x (ports, run_id)
            WHERE x.ports @> p.port::int4 AND x.run_id >= p.from_run LIMIT 1)
        ELSE (
            SELECT max(ar.run_id) FROM met_ever ar JOIN at USING (run_id)
            WHERE ar.asset_id = p.asset_id AND ar.outcome <> 'quiet'
                AND ar.run_id >= p.from_run AND ar.run_id < p.over
                AND EXISTS (SELECT FROM cadastre.coverage v
                    WHERE v.run_id = ar.run_id AND v.cidr >>= p.address
                        AND v.transport = p.transport AND v.ports @> p.port))
        END AS run_id
    FROM part p JOIN spot k USING (asset_id, address, transport)
), kinds AS MATERIALIZED (
    SELECT s.n, s.realm_id, s.asset_id, s.address, s.transport, s.port, s.over,
        coalesce(p.kind, q.kind, 'unknown') AS kind
    FROM part s
    LEFT JOIN exposure_kind p ON p.protocol = s.protocol AND p.protocol <> ''
    LEFT JOIN exposure_kind q ON q.protocol = '' AND q.transport = s.transport
        AND q.port = s.port
    WHERE s.exposed
), member AS MATERIALIZED (
    SELECT asset_id, system FROM asset_member
    WHERE asset_id = ANY (string_to_array($1, ',')::int8[])
        AND asset_id IN (SELECT asset_id FROM kinds WHERE over IS NULL
            AND kind IN ('administration', 'remote maintenance'))
), shown AS MATERIALIZED (
    SELECT k.n, k.kind, k.over IS NULL AND k.kind IN ('administration', 'remote maintenance')
            AS maintains, j.id, j.reason, j.approver, j.document, j.expires,
        g.id AS registration, g.valid_until
    FROM kinds k
    LEFT JOIN LATERAL (
        SELECT x.* FROM (SELECT k.realm_id WHERE k.over IS NULL) AS e
        CROSS JOIN LATERAL exposure_entry(e.realm_id, k.address, k.transport, k.port, $3) AS x)
        AS j ON true
    LEFT JOIN LATERAL (
        SELECT m.id, m.valid_until
        FROM member e
        JOIN remote_maintenance m ON m.realm_id = k.realm_id AND m.system = e.system
            AND m.until_import IS NULL
            AND (m.path !~ '\d+\.\d+\.\d+\.\d+|[0-9a-fA-F]*:[0-9a-fA-F]*:[0-9a-fA-F:]*'
                OR lower(m.path) ~ CASE family(k.address)
                    WHEN 4 THEN '(?<![\d.])' || replace(host(k.address), '.', '\.')
                        || '(?!\d|\.\d)'
                    ELSE '(?<![\da-f:])' || host(k.address) || '(?![\da-f:])' END)
        WHERE e.asset_id = k.asset_id AND k.over IS NULL
            AND k.kind IN ('administration', 'remote maintenance')
        ORDER BY m.valid_until >= $3::date DESC, m.valid_until DESC, m.id LIMIT 1) AS g ON true
)
SELECT s.asset_id, host(s.address), s.transport, s.port, s.protocol, s.vendor, s.product,
    s.version, s.cpe, s.internal, s.exposed, s.method, coalesce(encode(s.evidence, 'hex'), ''),
    s.from_run, s.since, greatest(s.since, r.us), coalesce(s.until, 0), coalesce(e.kind, ''),
    coalesce(e.id, 0), coalesce(e.reason, ''), coalesce(e.approver, ''),
    coalesce(e.document, ''), coalesce((extract(epoch FROM e.expires) * 1000000)::int8, 0),
    CASE WHEN NOT s.exposed THEN '' WHEN e.id IS NULL THEN 'unjustified'
        WHEN e.expires <= $3 THEN 'expired' ELSE 'justified' END,
    CASE WHEN e.maintains IS NOT true THEN '' WHEN e.registration IS NULL THEN 'unregistered'
        WHEN e.valid_until < $3::date THEN 'expired' ELSE 'registered' END,
    coalesce(e.registration, '')
FROM part s
LEFT JOIN last l USING (n)
LEFT JOIN at r ON r.run_id = l.run_id
LEFT JOIN shown e USING (n)
ORDER BY s.asset_id, s.over IS NOT NULL, s.address, s.transport, s.port, s.from_run
