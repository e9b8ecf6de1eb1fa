-- SPDX-License-Identifier: Apache-2.0
-- Subnets, the runs that looked at them and what was met there, as their dossiers have it; see
-- dossier_system.sql. The id of a subnet is its prefix.
-- $1::int4 : realm
-- $2::text : ids, one a line
-- $3::int4 : how many of the newest runs of each kind are shown
-- Kept: it is asked for batch after batch.
WITH subject AS MATERIALIZED (
    SELECT r.name AS realm, b.prefix::text AS id, b.* FROM subnet b JOIN realm r USING (realm_id)
    WHERE b.realm_id = $1 AND b.until_import IS NULL
        AND b.prefix = ANY (CAST(string_to_array($2, E'\n') AS cidr[]))
), block AS MATERIALIZED (
    SELECT DISTINCT c.cidr, network(c.cidr) AS block
    FROM run o JOIN coverage c ON c.run_id = o.run_id
    WHERE o.realm_id = $1
), wide AS (
    SELECT DISTINCT family(block) AS family, masklen(block) AS length FROM block
), narrow AS (
    SELECT DISTINCT family(prefix) AS family, masklen(prefix) AS length FROM subject
), touched AS MATERIALIZED (
    -- Prefixes are of few lengths: those of each length are joined by their bytes.
    SELECT s.id, masklen(s.prefix) AS length, b.cidr, b.block, true AS whole
    FROM subject s
    JOIN wide w ON w.family = family(s.prefix) AND w.length <= masklen(s.prefix)
    JOIN block b ON b.block = network(set_masklen(s.prefix, w.length))
    UNION ALL
    SELECT s.id, masklen(s.prefix), b.cidr, b.block, false
    FROM block b
    JOIN narrow w ON w.family = family(b.block) AND w.length < masklen(b.block)
    JOIN subject s ON s.prefix = network(set_masklen(b.block, w.length))
), part AS MATERIALIZED (
    SELECT DISTINCT t.id, t.length, o.run_id, t.block, t.whole, c.method,
        isempty(c.ports) AS bare
    FROM run o
    JOIN coverage c ON c.run_id = o.run_id
    JOIN touched t ON t.cidr = c.cidr
    WHERE o.realm_id = $1
), piece AS (
    -- Blocks of one run in their order: one that lies in an earlier one begins before its end.
    SELECT p.id, p.length, p.run_id, p.block, p.whole, max(host(broadcast(p.block))::inet) OVER (
        PARTITION BY p.id, p.run_id ORDER BY p.block
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
    FROM (SELECT DISTINCT id, length, run_id, block, whole FROM part) AS p
), held AS (
    -- The whole of it by one block, or by several, each address once.
    SELECT p.id, p.run_id, bool_or(p.whole) OR sum(2::numeric ^ (b.bits - masklen(p.block)))
        FILTER (WHERE p.before IS NULL OR p.before < host(p.block)::inet)
            >= 2::numeric ^ min(b.bits - p.length) AS whole
    FROM piece p
    CROSS JOIN LATERAL (SELECT CASE family(p.block) WHEN 4 THEN 32 ELSE 128 END AS bits) AS b
    GROUP BY 1, 2
), ran AS MATERIALIZED (
    -- Many meet many: a full join is never made by nested loops, whatever is thought of their number.
    SELECT h.id, h.whole, o.run_id, o.started, o.ended, o.vantage, m.methods, m.ports,
        row_number() OVER (PARTITION BY h.id, h.whole, m.ports
            ORDER BY o.ended DESC, o.run_id DESC) AS back
    FROM held h
    FULL JOIN (SELECT id, run_id, string_agg(DISTINCT method, ' ' ORDER BY method) AS methods,
            bool_or(NOT bare) AS ports
        FROM part GROUP BY 1, 2) AS m ON m.id = h.id AND m.run_id = h.run_id
    LEFT JOIN run o ON o.run_id = h.run_id
), gap AS (
    SELECT id, min(ended) AS first, max(ended) AS newest,
        (array_agg(run_id ORDER BY ended DESC, run_id DESC))[1] AS run_id,
        max(ended::date - before::date) AS longest
    FROM (SELECT id, run_id, ended, lag(ended) OVER (PARTITION BY id ORDER BY ended, run_id) AS before
        FROM ran WHERE whole) AS w
    GROUP BY id
), lengths AS MATERIALIZED (
    SELECT DISTINCT family(prefix) AS family, masklen(prefix) AS length FROM subnet
    WHERE realm_id = $1 AND until_import IS NULL
), there AS MATERIALIZED (
    -- An address is in the longest subnet that holds it.
    SELECT s.id, a.asset_id, d.address, a.role,
        greatest(a.last_run, e.last_run) AS run_id
    FROM subject s
    CROSS JOIN LATERAL (SELECT d.asset_id, d.address FROM address d
        WHERE d.realm_id = $1 AND d.until_run IS NULL
            AND d.address >= host(network(s.prefix))::inet
            AND d.address <= host(broadcast(s.prefix))::inet
        OFFSET 0) AS d
    JOIN asset a ON a.asset_id = d.asset_id
    LEFT JOIN asset_seen e ON e.asset_id = a.asset_id
    WHERE a.merged_into IS NULL AND a.state <> 'retired' AND NOT EXISTS (
        SELECT FROM lengths l
        JOIN subnet b ON b.realm_id = $1 AND b.until_import IS NULL
            AND b.prefix = network(set_masklen(d.address, l.length))
        WHERE l.family = family(d.address) AND l.length > masklen(s.prefix))
)
SELECT id, element, grade, as_of::text, document, told
FROM (
    SELECT s.id, 1 AS place, 0::int8 AS at, 'subnet' AS element, 'attested' AS grade, s.as_of,
        s.document, array_to_string(ARRAY[s.realm, s.id, s.name, s.zone, s.vlan::text, s.facility,
        s.function, s.importance], E'\x1f', E'\x1e') AS told
    FROM subject s
    UNION ALL
    SELECT r.id, 2, r.run_id, 'run', 'measured', r.ended::date, 'run ' || r.run_id,
        array_to_string(ARRAY[r.run_id::text, r.started::date::text,
        r.ended::date::text, r.methods, r.vantage, CASE WHEN r.ports THEN 'yes' ELSE 'no' END,
        CASE WHEN r.whole THEN 'whole' ELSE 'part' END], E'\x1f', E'\x1e')
    FROM ran r
    WHERE r.back <= $3
    UNION ALL
    SELECT g.id, 3, 0, 'coverage', 'measured', g.newest::date, 'run ' || g.run_id,
        array_to_string(ARRAY[g.first::date::text, g.newest::date::text, g.longest::text], E'\x1f',
        E'\x1e')
    FROM gap g
    UNION ALL
    SELECT t.id, 4, 0, 'assets', 'measured', max(o.ended)::date,
        'run ' || (array_agg(o.run_id ORDER BY o.ended DESC, o.run_id DESC))[1],
        array_to_string(ARRAY[t.role, role_kind(t.role), count(DISTINCT t.asset_id)::text],
        E'\x1f', E'\x1e')
    FROM there t JOIN run o ON o.run_id = t.run_id
    GROUP BY t.id, t.role
    UNION ALL
    SELECT t.id, 5, 0, 'services', 'measured', max(o.ended)::date,
        'run ' || (array_agg(o.run_id ORDER BY o.ended DESC, o.run_id DESC))[1],
        array_to_string(ARRAY[count(*)::text, count(*) FILTER (WHERE v.exposed)::text], E'\x1f',
        E'\x1e')
    FROM there t
    JOIN service v ON v.asset_id = t.asset_id AND v.address = t.address AND v.until_run IS NULL
    JOIN run o ON o.run_id = v.from_run
    GROUP BY t.id
) AS statement
ORDER BY id COLLATE "C", place, at, element COLLATE "C", told COLLATE "C", as_of, document COLLATE "C"
