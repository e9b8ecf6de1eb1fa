-- SPDX-License-Identifier: Apache-2.0
-- Every statement of one asset file, the closed ones too, with where it comes from. A run's time
-- is that of its newest observation. Last seen: for a service the newest run that asked for its
-- port and met the asset, for other open facts the newest run that met it.
-- $1::int8 : asset
WITH met AS (
    SELECT ar.run_id FROM asset_run ar WHERE ar.asset_id = $1 AND ar.outcome <> 'quiet'
), statement AS (
    SELECT 1 AS place, 'identity' AS chapter, type AS attribute, value, 'measured' AS grade,
        strength || CASE WHEN shared THEN ', shared' ELSE '' END
            || CASE WHEN reason <> '' THEN ': ' || reason ELSE '' END AS source,
        method, evidence, from_run, until_run, NULL::int8 AS seen_run
    FROM identity_key WHERE asset_id = $1
    UNION ALL
    SELECT 2, 'identity', 'role', role, 'derived', role_reason, '', NULL, first_run, NULL,
        last_run
    FROM asset WHERE asset_id = $1
    UNION ALL
    SELECT 3, 'identity', 'alias', asset_id::text, 'derived', merge_reason, '', NULL,
        coalesce(merge_run, first_run), NULL, NULL
    FROM asset WHERE merged_into = $1
    UNION ALL
    SELECT 4, 'address', host(address), coalesce(mac::text, ''), grade, reason, method, NULL,
        from_run, until_run, NULL
    FROM address WHERE asset_id = $1
    UNION ALL
    SELECT 5, 'name', host(address), name, grade, source, method, evidence, from_run, until_run,
        NULL
    FROM name WHERE asset_id = $1
    UNION ALL
    SELECT 6, 'device', attribute, value, grade, source, method, evidence, from_run, until_run,
        NULL
    FROM fact WHERE asset_id = $1 AND subject = ''
    UNION ALL
    SELECT part.place, part.chapter, s.spot || part.suffix, part.value, 'measured', s.protocol,
        s.method, s.evidence, s.from_run, s.until_run, s.seen_run
    FROM (SELECT host(address) || ' ' || CASE transport WHEN 6 THEN 'tcp' WHEN 17 THEN 'udp'
                ELSE transport::text END || '/' || port AS spot,
            protocol, vendor, product, version, cpe, exposed, method, evidence, from_run,
            until_run,
            (SELECT max(c.run_id) FROM coverage c JOIN met USING (run_id)
                WHERE c.cidr >>= service.address AND c.transport = service.transport
                    AND c.ports @> service.port
                    AND (until_run IS NULL OR c.run_id < until_run)) AS seen_run
        FROM service WHERE asset_id = $1) AS s
    CROSS JOIN LATERAL (VALUES
        (7, 'service', '', coalesce(nullif(s.protocol, ''), 'open')
            || CASE WHEN s.exposed THEN ', seen from the Internet' ELSE '' END),
        (8, 'software', ' vendor', s.vendor), (8, 'software', ' product', s.product),
        (8, 'software', ' version', s.version), (8, 'software', ' cpe', s.cpe))
        AS part (place, chapter, suffix, value)
    WHERE part.value <> ''
    UNION ALL
    SELECT 9, 'statement', subject || ' ' || attribute, value, grade, source, method, evidence,
        from_run, until_run, NULL
    FROM fact WHERE asset_id = $1 AND subject <> ''
    UNION ALL
    SELECT 10, 'link', l.layer, CASE WHEN peer.asset_id IS NULL THEN host(l.peer_address)
            ELSE peer.name END || CASE WHEN l.detail <> '' THEN ' (' || l.detail || ')'
            ELSE '' END,
        l.grade, l.source, l.method, l.evidence, l.from_run, l.until_run, NULL
    FROM link l
    LEFT JOIN asset peer ON peer.asset_id =
        CASE WHEN l.asset_id = $1 THEN l.peer_asset_id ELSE l.asset_id END
    WHERE l.asset_id = $1 OR l.peer_asset_id = $1
    UNION ALL
    SELECT 11, 'path', 'to ' || host(h.address) || ' from ' || h.vantage || ', hop '
            || to_char(h.distance, 'FM00'),
        CASE WHEN peer.asset_id IS NULL THEN host(h.peer_address) ELSE peer.name END,
        'measured', 'trace', 'trace', NULL, h.from_run, h.until_run, NULL
    FROM hop h LEFT JOIN asset peer ON peer.asset_id = h.peer_asset_id
    WHERE h.asset_id = $1
)
SELECT s.chapter, s.attribute, s.value, s.grade, s.source, s.method,
    coalesce(encode(s.evidence, 'hex'), ''), s.from_run,
    coalesce((extract(epoch FROM f.ended) * 1000000)::int8, 0),
    coalesce((extract(epoch FROM l.ended) * 1000000)::int8, 0),
    coalesce((extract(epoch FROM u.ended) * 1000000)::int8, 0)
FROM statement s
LEFT JOIN run f ON f.run_id = s.from_run
LEFT JOIN run u ON u.run_id = s.until_run
LEFT JOIN run l ON l.run_id = greatest(s.from_run, coalesce(s.seen_run,
    (SELECT max(met.run_id) FROM met WHERE s.until_run IS NULL OR met.run_id < s.until_run)))
ORDER BY s.place, s.attribute COLLATE "C", s.from_run, s.value COLLATE "C", s.source COLLATE "C"
