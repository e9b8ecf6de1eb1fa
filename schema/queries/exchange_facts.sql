-- SPDX-License-Identifier: Apache-2.0
-- Every other statement about the assets of a list, the former ones too: identity keys, names,
-- facts, links, paths. A subject is an address, "address tcp/port", or empty for the whole; of
-- former statements the last time is told at which the asset was met while they held.
-- $1::text : numbers of assets, with commas
-- $2::timestamptz : as of; NULL: now
WITH at AS MATERIALIZED (
    SELECT run_id, ended, (extract(epoch FROM ended) * 1000000)::int8 AS us FROM cadastre.run
    WHERE $2 IS NULL OR ended <= $2
), near AS (
    SELECT l.asset_id AS mine, l.peer_asset_id AS peer, l.layer, l.peer_address, l.detail,
        l.grade, l.source, l.method, l.evidence, l.from_run, l.until_run
    FROM cadastre.link l
    WHERE l.asset_id = ANY (string_to_array($1, ',')::int8[])
        AND (l.until_run IS NULL OR l.until_run IS NOT NULL)
    UNION ALL
    SELECT l.peer_asset_id, l.asset_id, l.layer, l.peer_address, l.detail, l.grade, l.source,
        l.method, l.evidence, l.from_run, l.until_run
    FROM cadastre.link l
    WHERE l.peer_asset_id = ANY (string_to_array($1, ',')::int8[])
        AND (l.until_run IS NULL OR l.until_run IS NOT NULL)
        AND l.asset_id <> l.peer_asset_id
), said AS (
    SELECT k.asset_id, 1 AS place, 'identification' AS chapter, '' AS subject, k.type AS name,
        k.value, CASE k.method WHEN 'import' THEN 'claimed' ELSE 'measured' END AS grade,
        k.strength || CASE WHEN k.shared THEN ', shared' ELSE '' END
            || CASE WHEN k.reason <> '' THEN ': ' || k.reason ELSE '' END AS source,
        k.method, k.evidence, k.from_run, k.until_run, 0::int8 AS peer, '' AS peer_address
    FROM identity_key_ever k
    WHERE k.asset_id = ANY (string_to_array($1, ',')::int8[])
        AND (k.until_run IS NULL OR k.until_run IS NOT NULL)
    UNION ALL
    SELECT n.asset_id, 2, 'identification', place_text(n.address), 'name', n.name, n.grade, n.source,
        n.method, n.evidence, n.from_run, n.until_run, 0, ''
    FROM name_ever n
    WHERE n.asset_id = ANY (string_to_array($1, ',')::int8[])
        AND (n.until_run IS NULL OR n.until_run IS NOT NULL)
    UNION ALL
    SELECT c.asset_id, 3, '', c.subject, c.attribute, c.value, c.grade, c.source, c.method,
        c.evidence, c.from_run, c.until_run, 0, ''
    FROM fact_ever c
    WHERE c.asset_id = ANY (string_to_array($1, ',')::int8[])
        AND (c.until_run IS NULL OR c.until_run IS NOT NULL)
    UNION ALL
    SELECT l.mine, 4, 'connections', '', l.layer,
        concat_ws(' ', coalesce(nullif(o.name, at.address), at.address),
            '(' || nullif(l.detail, '') || ')'),
        l.grade, l.source, l.method, l.evidence, l.from_run, l.until_run, l.peer,
        coalesce(at.address, '')
    FROM near l
    LEFT JOIN asset o ON o.asset_id = l.peer
    LEFT JOIN LATERAL (
        SELECT host(l.peer_address) AS address WHERE o.asset_id IS NULL
        UNION ALL
        (SELECT host(d.address) FROM address d
         WHERE d.asset_id = o.asset_id AND d.until_run IS NULL ORDER BY d.address LIMIT 1))
        AS at ON true
    UNION ALL
    SELECT h.asset_id, 5, 'connections', host(h.address), 'path.' || h.vantage || '.'
            || to_char(h.distance, 'FM000'),
        concat_ws(' ', nullif(o.name, host(h.peer_address)), CASE
            WHEN o.name <> host(h.peer_address) THEN '(' || host(h.peer_address) || ')'
            ELSE host(h.peer_address) END),
        CASE h.method WHEN 'import' THEN 'claimed' ELSE 'measured' END, 'trace', h.method, NULL,
        h.from_run, h.until_run, h.peer_asset_id, host(h.peer_address)
    FROM cadastre.hop h
    LEFT JOIN asset o ON o.asset_id = h.peer_asset_id
    WHERE h.asset_id = ANY (string_to_array($1, ',')::int8[])
        AND (h.until_run IS NULL OR h.until_run IS NOT NULL)
)
SELECT s.asset_id, s.place, s.chapter, s.subject, s.name, s.value, s.grade, s.source, s.method,
    coalesce(encode(s.evidence, 'hex'), ''), s.from_run,
    f.us, CASE WHEN u.run_id IS NULL THEN 0 ELSE coalesce((
        SELECT met.us FROM met_ever ar JOIN at met USING (run_id)
        WHERE ar.asset_id = s.asset_id AND ar.outcome <> 'quiet' AND ar.run_id < u.run_id
            AND ar.run_id >= s.from_run
        ORDER BY ar.run_id DESC LIMIT 1), 0) END,
    coalesce(u.us, 0), s.peer, s.peer_address
FROM said s
JOIN at f ON f.run_id = s.from_run
LEFT JOIN at u ON u.run_id = s.until_run
ORDER BY s.asset_id, s.place, u.run_id IS NOT NULL, s.subject COLLATE "C", s.name COLLATE "C",
    s.from_run, s.value COLLATE "C", s.source COLLATE "C", s.peer, s.peer_address COLLATE "C"
