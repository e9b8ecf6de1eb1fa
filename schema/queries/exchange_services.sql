-- SPDX-License-Identifier: Apache-2.0
-- The services of the assets of a list, the former ones too. Last seen: the newest run that
-- asked for the port and met the asset. What is exposed has its entry of the ledger as it was
-- at a time; administration and remote maintenance the registration that covers it.
-- $1::text : numbers of assets, with commas
-- $2::timestamptz : as of; NULL: now
-- $3::timestamptz : the time at which the ledger is asked
SELECT s.asset_id, host(s.address), s.transport, s.port, s.protocol, s.vendor, s.product,
    s.version, s.cpe, s.internal, s.exposed, s.method, coalesce(encode(s.evidence, 'hex'), ''),
    s.from_run, (extract(epoch FROM f.ended) * 1000000)::int8,
    (extract(epoch FROM greatest(f.ended, l.ended)) * 1000000)::int8,
    coalesce((extract(epoch FROM u.ended) * 1000000)::int8, 0),
    CASE WHEN s.exposed THEN coalesce(p.kind, q.kind, 'unknown') ELSE '' END,
    coalesce(j.id, 0), coalesce(j.reason, ''), coalesce(j.approver, ''),
    coalesce(j.document, ''), coalesce((extract(epoch FROM j.expires) * 1000000)::int8, 0),
    CASE WHEN NOT s.exposed THEN '' WHEN j.id IS NULL THEN 'unjustified'
        WHEN j.expires <= $3 THEN 'expired' ELSE 'justified' END,
    CASE WHEN NOT s.exposed OR u.run_id IS NOT NULL
            OR coalesce(p.kind, q.kind, '') NOT IN ('administration', 'remote maintenance') THEN ''
        WHEN g.id IS NULL THEN 'unregistered' WHEN g.valid_until < $3::date THEN 'expired'
        ELSE 'registered' END,
    coalesce(g.id, '')
FROM service s
JOIN run f ON f.run_id = s.from_run AND ($2 IS NULL OR f.ended <= $2)
LEFT JOIN run u ON u.run_id = s.until_run AND ($2 IS NULL OR u.ended <= $2)
LEFT JOIN exposure_kind p ON p.protocol = s.protocol AND p.protocol <> ''
LEFT JOIN exposure_kind q ON q.protocol = '' AND q.transport = s.transport AND q.port = s.port
LEFT JOIN LATERAL (
    SELECT x.* FROM (SELECT s.realm_id WHERE s.exposed AND u.run_id IS NULL) AS e
    CROSS JOIN LATERAL exposure_entry(e.realm_id, s.address, s.transport, s.port, $3) AS x)
    AS j ON true
LEFT JOIN LATERAL (
    SELECT x.* FROM (SELECT m.system FROM asset_member m
        WHERE m.asset_id = s.asset_id AND s.exposed AND u.run_id IS NULL
            AND coalesce(p.kind, q.kind) IN ('administration', 'remote maintenance')) AS e
    CROSS JOIN LATERAL maintenance_entry(s.realm_id, e.system, s.address, $3) AS x) AS g ON true
LEFT JOIN LATERAL (
    SELECT met.ended FROM asset_met ar JOIN run met USING (run_id)
    WHERE ar.asset_id = s.asset_id AND ar.outcome <> 'quiet' AND ar.run_id >= s.from_run
        AND (u.run_id IS NULL OR ar.run_id < u.run_id) AND ($2 IS NULL OR met.ended <= $2)
        AND EXISTS (SELECT FROM coverage v
            WHERE v.run_id = ar.run_id AND v.cidr >>= s.address AND v.transport = s.transport
                AND v.ports @> s.port)
    ORDER BY ar.run_id DESC LIMIT 1) AS l ON true
WHERE s.asset_id = ANY (string_to_array($1, ',')::int8[])
    AND (s.until_run IS NULL OR s.until_run IS NOT NULL)
ORDER BY s.asset_id, u.run_id IS NOT NULL, s.address, s.transport, s.port, s.from_run
