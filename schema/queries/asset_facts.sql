-- SPDX-License-Identifier: Apache-2.0
-- Every statement of one asset file, the closed ones too, with where it comes from. A run's time
-- is that of its newest observation. Last seen: for a service the newest run that asked for its
-- port and met the asset (for its exposure: from the Internet), for other open facts the newest
-- run that met it. The rows of a service follow one another when anything of it changes; what is
-- equal in rows that follow is one statement. A decision by hand that
-- moved a fact has not seen it. Places after 5 follow the register's.
-- Who it turned out to be is known before `met` asks other nodes, whose driver finds no names of ours.
-- Kept: all is looked up by the asset.
-- $1::int8 : asset
WITH alias AS MATERIALIZED (
    SELECT * FROM aliases_of($1)
), self (asset_id) AS MATERIALIZED (
    SELECT $1 UNION ALL SELECT asset_id FROM alias
), met AS (
    SELECT m.run_id, m.vantage FROM met_one m
    WHERE (SELECT count(*) FROM self) > 0
        AND m.asset_id = ANY (ARRAY(SELECT asset_id FROM self))
), served AS (
    SELECT s.address, host(s.address) || ' ' || CASE s.transport WHEN 6 THEN 'tcp' WHEN 17 THEN
            'udp' WHEN 132 THEN 'sctp' ELSE s.transport::text END || '/' || s.port AS spot,
        s.protocol, s.vendor, s.product, s.version, s.cpe, s.exposed, s.method, s.evidence,
        s.from_run, s.until_run, c.seen_run, c.exposed_run
    FROM service_one s
    CROSS JOIN LATERAL (
        SELECT max(v.run_id) AS seen_run,
            max(v.run_id) FILTER (WHERE met.vantage = 'internet') AS exposed_run
        FROM coverage v JOIN met USING (run_id)
        WHERE v.cidr >>= s.address AND v.transport = s.transport AND v.ports @> s.port
            AND (s.until_run IS NULL OR v.run_id < s.until_run)) AS c
    WHERE s.asset_id = $1
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
    FROM identity_key_one WHERE asset_id = $1
    UNION ALL
    SELECT 2, 'identity', 'role', role, 'derived', role_reason, '', NULL, first_run, NULL,
        greatest(a.last_run, n.last_run)
    FROM asset_of($1) a LEFT JOIN seen_of($1) n ON true
    UNION ALL
    SELECT 3, 'identity', 'alias', asset_id::text, 'derived', merge_reason, '', NULL,
        coalesce(merge_run, first_run), NULL, NULL
    FROM alias
    UNION ALL
    SELECT 3, 'decision', attribute, value, grade, source, method, NULL, from_run, until_run, from_run
    FROM decisions_of($1)
    UNION ALL
    SELECT 5, 'address', host(address), coalesce(mac::text, ''), grade, reason, method, NULL,
        from_run, until_run, NULL
    FROM address_one WHERE asset_id = $1
    UNION ALL
    SELECT 4, 'name', place_text(address), name, grade, source, method, evidence, from_run, until_run,
        NULL
    FROM name_one WHERE asset_id = $1
    UNION ALL
    SELECT CASE subject WHEN '' THEN 6 ELSE 12 END,
        CASE subject WHEN '' THEN 'device' ELSE 'statement' END,
        concat_ws(' ', nullif(subject, ''), attribute), value, grade, source, method, evidence,
        from_run, until_run, NULL
    FROM fact_one WHERE asset_id = $1
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
    SELECT 10, 'link', layer, value, grade, source, method, evidence, from_run, until_run, NULL
    FROM links_of($1)
    UNION ALL
    SELECT 11, 'path', attribute, value, grade, 'trace', method, NULL, from_run, until_run, NULL
    FROM paths_of($1)
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
