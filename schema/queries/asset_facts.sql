-- SPDX-License-Identifier: Apache-2.0
-- Every statement of one asset file, the closed ones too, with where it comes from. A run's time
-- is that of its newest observation. Last seen: for a service the newest run that asked for its
-- port and met the asset (for its exposure: from the Internet), for other open facts the newest
-- run that met it. The rows of a service follow one another when anything of it changes; what is
-- equal in rows that follow is one statement. A neighbour's address is the one that shares a
-- subnet of the register with the asset, if there is one. A decision by hand that moved a fact has
-- not seen it. Places after 5 follow the register's.
-- Open and closed rows have indexes of their own, which is why conditions name both.
-- Kept: all is looked up by the asset.
-- $1::int8 : asset
WITH self (asset_id) AS MATERIALIZED (
    SELECT $1 UNION ALL SELECT asset_id FROM asset_alias WHERE merged_into = $1
), met AS (
    SELECT ar.run_id, run.vantage FROM asset_met ar JOIN run USING (run_id)
    WHERE ar.asset_id = ANY (ARRAY(SELECT asset_id FROM self)) AND ar.outcome <> 'quiet'
), served AS (
    SELECT s.address, host(s.address) || ' ' || CASE s.transport WHEN 6 THEN 'tcp' WHEN 17 THEN
            'udp' ELSE s.transport::text END || '/' || s.port AS spot,
        s.protocol, s.vendor, s.product, s.version, s.cpe, s.exposed, s.method, s.evidence,
        s.from_run, s.until_run, c.seen_run, c.exposed_run
    FROM service s
    CROSS JOIN LATERAL (
        SELECT max(v.run_id) AS seen_run,
            max(v.run_id) FILTER (WHERE met.vantage = 'internet') AS exposed_run
        FROM coverage v JOIN met USING (run_id)
        WHERE v.cidr >>= s.address AND v.transport = s.transport AND v.ports @> s.port
            AND (s.until_run IS NULL OR v.run_id < s.until_run)) AS c
    WHERE s.asset_id = $1 AND (s.until_run IS NULL OR s.until_run IS NOT NULL)
), part AS (
    SELECT p.*, s.spot, s.protocol, s.method, s.evidence, s.from_run, s.until_run,
        coalesce(lag(s.until_run) OVER before = s.from_run AND lag(p.value) OVER before = p.value,
            false) AS goes_on
    FROM served s
    CROSS JOIN LATERAL (VALUES
        (7, 'software', ' vendor', s.vendor, s.seen_run),
        (7, 'software', ' product', s.product, s.seen_run),
        (7, 'software', ' version', s.version, s.seen_run),
        (7, 'software', ' cpe', s.cpe, s.seen_run),
        (8, 'service', '', coalesce(nullif(s.protocol, ''), 'open'), s.seen_run),
        (9, 'exposure', '', CASE WHEN s.exposed THEN 'seen from the Internet' ELSE '' END,
            s.exposed_run))
        AS p (place, chapter, suffix, value, seen_run)
    WINDOW before AS (PARTITION BY s.spot, p.chapter, p.suffix ORDER BY s.from_run)
), lasting AS (
    SELECT part.*, count(*) FILTER (WHERE NOT goes_on) OVER (
        PARTITION BY spot, chapter, suffix ORDER BY from_run) AS number
    FROM part
), statement AS (
    SELECT 1 AS place, 'identity' AS chapter, type AS attribute, value,
        CASE method WHEN 'import' THEN 'claimed' ELSE 'measured' END AS grade,
        strength || CASE WHEN shared THEN ', shared' ELSE '' END
            || CASE WHEN reason <> '' THEN ': ' || reason ELSE '' END AS source,
        method, evidence, from_run, until_run, NULL::int8 AS seen_run
    FROM identity_key WHERE asset_id = $1
        AND (until_run IS NULL OR until_run IS NOT NULL)
    UNION ALL
    SELECT 2, 'identity', 'role', role, 'derived', role_reason, '', NULL, first_run, NULL,
        greatest(last_run, (SELECT last_run FROM asset_seen WHERE asset_id = $1))
    FROM asset WHERE asset_id = $1
    UNION ALL
    SELECT 3, 'identity', 'alias', asset_id::text, 'derived', merge_reason, '', NULL,
        coalesce(merge_run, first_run), NULL, NULL
    FROM asset_alias WHERE merged_into = $1
    UNION ALL
    SELECT 3, 'decision', d.kind || ' ' || d.decision_id,
        CASE d.kind WHEN 'merge' THEN 'asset ' || d.asset_id || ' is asset ' || d.other_asset_id
            || ': ' WHEN 'split' THEN 'asset ' || d.other_asset_id || ' is not asset '
            || d.asset_id || ': ' ELSE '' END || d.reason
            || coalesce('; undone by ' || nullif(d.undone_by, '') || ' ' || d.undone_reason, ''),
        CASE d.verdict WHEN 'manual' THEN 'attested' ELSE 'derived' END, d.author,
        CASE d.verdict WHEN 'manual' THEN 'decision' ELSE 'identity' END, NULL,
        coalesce(d.run_id, 0), (SELECT max(u.run_id) FROM asset_decision u
            WHERE u.undoes = d.decision_id), coalesce(d.run_id, 0)
    FROM asset_decision d
    WHERE d.kind IN ('merge', 'split', 'retire', 'revive')
        AND (d.asset_id = ANY (ARRAY(SELECT asset_id FROM self))
            OR d.other_asset_id = ANY (ARRAY(SELECT asset_id FROM self)))
    UNION ALL
    SELECT 5, 'address', host(address), coalesce(mac::text, ''), grade, reason, method, NULL,
        from_run, until_run, NULL
    FROM address WHERE asset_id = $1
        AND (until_run IS NULL OR until_run IS NOT NULL)
    UNION ALL
    SELECT 4, 'name', host(address), name, grade, source, method, evidence, from_run, until_run,
        NULL
    FROM name WHERE asset_id = $1
        AND (until_run IS NULL OR until_run IS NOT NULL)
    UNION ALL
    SELECT 6, 'device', attribute, value, grade, source, method, evidence, from_run, until_run,
        NULL
    FROM fact WHERE asset_id = $1 AND subject = ''
        AND (until_run IS NULL OR until_run IS NOT NULL)
    UNION ALL
    SELECT place, chapter, spot || suffix, value,
        CASE WHEN bool_and(method = 'import') THEN 'claimed' ELSE 'measured' END,
        (array_agg(protocol ORDER BY from_run DESC))[1],
        (array_agg(method ORDER BY method = 'import', from_run))[1],
        (array_agg(evidence ORDER BY from_run) FILTER (WHERE evidence IS NOT NULL))[1],
        min(from_run), nullif(max(coalesce(until_run, 9223372036854775807)),
            9223372036854775807), max(seen_run)
    FROM lasting
    WHERE value <> ''
    GROUP BY place, chapter, spot, suffix, value, number
    UNION ALL
    SELECT 12, 'statement', subject || ' ' || attribute, value, grade, source, method, evidence,
        from_run, until_run, NULL
    FROM fact WHERE asset_id = $1 AND subject <> ''
        AND (until_run IS NULL OR until_run IS NOT NULL)
    UNION ALL
    SELECT 10, 'link', l.layer, concat_ws(' ',
            coalesce(nullif(peer.name, host(at.address)), host(at.address), peer.name),
            '(' || CASE WHEN peer.name <> host(at.address) THEN host(at.address) END || ')',
            '(' || nullif(l.detail, '') || ')'),
        l.grade, l.source, l.method, l.evidence, l.from_run, l.until_run, NULL
    FROM link l
    LEFT JOIN asset peer ON peer.asset_id =
        CASE WHEN l.asset_id = $1 THEN l.peer_asset_id ELSE l.asset_id END
    LEFT JOIN LATERAL (
        SELECT l.peer_address AS address WHERE peer.asset_id IS NULL
        UNION ALL
        (SELECT p.address FROM address p
         WHERE p.asset_id = peer.asset_id AND p.until_run IS NULL
         ORDER BY EXISTS (SELECT FROM address o
                 JOIN subnet n ON n.realm_id = o.realm_id AND n.until_import IS NULL
                     AND n.prefix >>= o.address AND n.prefix >>= p.address
                 WHERE o.asset_id = $1 AND o.until_run IS NULL) DESC, p.address
         LIMIT 1)) AS at ON true
    WHERE l.asset_id = $1 AND l.until_run IS NULL OR l.asset_id = $1 AND l.until_run IS NOT NULL
        OR l.peer_asset_id = $1 AND l.until_run IS NULL
        OR l.peer_asset_id = $1 AND l.until_run IS NOT NULL
    UNION ALL
    SELECT 11, 'path', 'to ' || host(h.address) || ' from ' || h.vantage || ', hop '
            || to_char(h.distance, 'FM00'),
        concat_ws(' ', nullif(peer.name, host(h.peer_address)), CASE
            WHEN peer.name <> host(h.peer_address) THEN '(' || host(h.peer_address) || ')'
            ELSE host(h.peer_address) END),
        CASE h.method WHEN 'import' THEN 'claimed' ELSE 'measured' END, 'trace', h.method, NULL,
        h.from_run, h.until_run, NULL
    FROM hop h
    LEFT JOIN asset peer ON peer.asset_id = h.peer_asset_id
    WHERE h.asset_id = $1 AND (h.until_run IS NULL OR h.until_run IS NOT NULL)
)
SELECT s.chapter, s.attribute, s.value, s.grade, s.source, s.method,
    coalesce(encode(s.evidence, 'hex'), ''), s.from_run,
    coalesce((extract(epoch FROM f.ended) * 1000000)::int8, 0),
    coalesce((extract(epoch FROM l.ended) * 1000000)::int8, 0),
    coalesce((extract(epoch FROM u.ended) * 1000000)::int8, 0), s.place
FROM statement s
LEFT JOIN run f ON f.run_id = s.from_run
LEFT JOIN run u ON u.run_id = s.until_run
LEFT JOIN run l ON l.run_id = coalesce(greatest(
    CASE WHEN s.place = 3 OR NOT starts_with(f.bundle_id, 'decision') THEN s.from_run END,
    coalesce(s.seen_run,
    (SELECT max(met.run_id) FROM met WHERE s.until_run IS NULL OR met.run_id < s.until_run))),
    s.from_run)
ORDER BY s.place, s.attribute COLLATE "C", s.from_run, s.value COLLATE "C", s.source COLLATE "C"
