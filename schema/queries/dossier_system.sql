-- SPDX-License-Identifier: Apache-2.0
-- The statements of systems and what was measured of them, as their dossiers have them: by subject,
-- what it is, whose word, when it was true, the paper behind it, and values divided by U+001F, whose
-- names inventory/norm/dossier.c gives; U+001E: not stated. The first row of a subject is its root.
-- $1::int4 : realm
-- $2::text : ids, one a line
-- Kept: it is asked for batch after batch.
WITH subject AS MATERIALIZED (
    SELECT r.name AS realm, x.* FROM system x JOIN realm r USING (realm_id)
    WHERE x.realm_id = $1 AND x.until_import IS NULL AND x.id = ANY (string_to_array($2, E'\n'))
), there AS MATERIALIZED (
    SELECT m.system AS id, a.asset_id, a.role, greatest(a.last_run, e.last_run) AS run_id
    FROM asset_member m
    JOIN asset a ON a.asset_id = m.asset_id
    LEFT JOIN asset_seen e ON e.asset_id = a.asset_id
    WHERE m.realm_id = $1 AND m.system = ANY (string_to_array($2, E'\n'))
        AND a.merged_into IS NULL AND a.state <> 'retired'
), place AS MATERIALIZED (
    SELECT t.id, t.asset_id, t.run_id, d.address
    FROM there t JOIN address d ON d.asset_id = t.asset_id AND d.until_run IS NULL
), looked AS MATERIALIZED (
    -- Ports asked for from the Internet. Blocks are of few lengths: those of each length are joined
    -- by their bytes.
    SELECT network(c.cidr) AS block, max(c.run_id) AS run_id
    FROM run o JOIN coverage c ON c.run_id = o.run_id
    WHERE o.realm_id = $1 AND o.vantage = 'internet' AND NOT isempty(c.ports)
        AND EXISTS (SELECT FROM place)
    GROUP BY 1
), seen AS (
    SELECT p.id, p.asset_id, p.address, max(l.run_id) AS run_id
    FROM (SELECT t.id, t.asset_id, t.address, network(set_masklen(t.address, f.length)) AS block
        FROM place t
        JOIN (SELECT DISTINCT family(block) AS family, masklen(block) AS length FROM looked) AS f
            ON f.family = family(t.address)) AS p
    -- Many meet many: a full join is never made by nested loops, whatever is thought of their number.
    FULL JOIN looked l ON l.block = p.block
    WHERE coalesce(p.asset_id, 0) <> 0
    GROUP BY 1, 2, 3
), reached AS (
    SELECT s.id, count(DISTINCT e.address) AS addresses, count(e.address) AS services,
        count(*) FILTER (WHERE e.kind = 'administration') AS administration,
        count(*) FILTER (WHERE e.kind = 'remote maintenance') AS maintenance,
        count(*) FILTER (WHERE e.kind = 'industrial protocol') AS industrial,
        count(*) FILTER (WHERE j.id IS NULL OR j.expires <= now()) AS unjustified,
        max(e.from_run) AS run_id
    FROM there s
    JOIN exposure_history e ON e.asset_id = s.asset_id AND e.until_run IS NULL
    LEFT JOIN LATERAL exposure_entry(e.realm_id, e.address, e.transport, e.port, now()) j ON true
    GROUP BY 1
), exposed AS (
    -- As old as the oldest of the newest looks at its addresses.
    SELECT id, coalesce(l.known, 'no') AS looked, coalesce(r.addresses, 0) AS addresses,
        coalesce(r.services, 0) AS services, coalesce(r.administration, 0) AS administration,
        coalesce(r.maintenance, 0) AS maintenance, coalesce(r.industrial, 0) AS industrial,
        coalesce(r.unjustified, 0) AS unjustified, coalesce(l.run_id, r.run_id) AS run_id
    FROM (SELECT seen.id, CASE WHEN count(*) = count(seen.run_id) THEN 'yes' ELSE 'part' END AS known,
            (array_agg(o.run_id ORDER BY o.ended, o.run_id))[1] AS run_id
        FROM seen LEFT JOIN run o ON o.run_id = seen.run_id
        GROUP BY seen.id HAVING count(seen.run_id) > 0) AS l
    FULL JOIN reached r USING (id)
), lengths AS (
    SELECT DISTINCT family(prefix) AS family, masklen(prefix) AS length FROM subnet
    WHERE realm_id = $1 AND until_import IS NULL AND EXISTS (SELECT FROM place)
), named AS (
    SELECT DISTINCT ON (p.asset_id, p.address) p.id, p.asset_id, p.run_id, b.zone,
        b.as_of, b.document
    FROM place p
    JOIN lengths l ON l.family = family(p.address)
    JOIN subnet b ON b.realm_id = $1 AND b.until_import IS NULL
        AND b.prefix = network(set_masklen(p.address, l.length))
    ORDER BY p.asset_id, p.address, l.length DESC
), inside AS (
    SELECT d.id, d.zone, z.name, z.purdue_level, z.sl_t, count(DISTINCT d.asset_id) AS assets,
        least(min(d.as_of), z.as_of, max(o.ended)::date) AS as_of,
        coalesce(z.document, min(d.document COLLATE "C")) AS document
    FROM named d
    JOIN run o ON o.run_id = d.run_id
    LEFT JOIN zone z ON z.realm_id = $1 AND z.id = d.zone AND z.until_import IS NULL
    WHERE d.zone <> ''
    GROUP BY 1, 2, 3, 4, 5, z.as_of, z.document
)
SELECT id, element, grade, as_of::text, document, told
FROM (
    SELECT s.id, 1 AS place, 'system' AS element, 'attested' AS grade, s.as_of,
        s.document, array_to_string(ARRAY[s.realm, s.id, s.name, s.organisation, s.sector,
        s.class, s.kind, s.function, s.service_scope, s.counterparts, s.lifecycle,
        s.business_type, array_to_string(s.technology, ' '), s.deployment, s.network_nature,
        s.in_service::text, s.parent, s.carried_by], E'\x1f', E'\x1e') AS told
    FROM subject s
    UNION ALL
    SELECT s.id, 2, 'operator', 'attested', o.as_of, o.document,
        array_to_string(ARRAY[o.id, o.name, o.sector, o.unit_type, o.affiliation, o.industry,
        o.division], E'\x1f', E'\x1e')
    FROM subject s
    JOIN organisation o ON o.realm_id = s.realm_id AND o.id = s.organisation
        AND o.until_import IS NULL
    UNION ALL
    SELECT t.system, 3, 'tier', 'attested', t.as_of, t.document,
        array_to_string(ARRAY[t.s::text, t.a::text, t.final::text, t.determined::text], E'\x1f',
        E'\x1e')
    FROM system_tier t
    WHERE t.realm_id = $1 AND t.system = ANY (string_to_array($2, E'\n'))
        AND t.until_import IS NULL
    UNION ALL
    SELECT t.system, 4, 'damage', 'attested', t.as_of, t.document,
        array_to_string(ARRAY[t.aspect, t.object, t.degree], E'\x1f', E'\x1e')
    FROM damage t
    WHERE t.realm_id = $1 AND t.system = ANY (string_to_array($2, E'\n'))
        AND t.until_import IS NULL
    UNION ALL
    SELECT t.system, 5, 'filing', 'attested', t.as_of, t.document,
        array_to_string(ARRAY[t.form_no, t.certificate_no, t.body, t.received::text,
        t.issued::text, t.valid_until::text, t.status], E'\x1f', E'\x1e')
    FROM filing t
    WHERE t.realm_id = $1 AND t.system = ANY (string_to_array($2, E'\n'))
        AND t.until_import IS NULL
    UNION ALL
    SELECT t.system, 6, 'assessment', 'attested', t.as_of, t.document,
        array_to_string(ARRAY[t.kind, t.day::text, t.body, t.report_no, t.result,
        trim_scale(t.score)::text], E'\x1f', E'\x1e')
    FROM assessment t
    WHERE t.realm_id = $1 AND t.system = ANY (string_to_array($2, E'\n'))
        AND t.until_import IS NULL
    UNION ALL
    SELECT t.system, 7, 'metric', 'attested', t.as_of, t.document,
        array_to_string(ARRAY[t.name, trim_scale(t.value)::text, t.unit], E'\x1f', E'\x1e')
    FROM metric t
    WHERE t.realm_id = $1 AND t.system = ANY (string_to_array($2, E'\n'))
        AND t.until_import IS NULL
    UNION ALL
    SELECT t.system, 8, t.list, 'attested', t.as_of, t.document,
        array_to_string(ARRAY[CASE WHEN t.complete THEN 'yes' ELSE 'no' END, t.hops::text],
        E'\x1f', E'\x1e')
    FROM system_list t
    WHERE t.realm_id = $1 AND t.system = ANY (string_to_array($2, E'\n'))
        AND t.until_import IS NULL
    UNION ALL
    SELECT t.system, 9, 'support', 'attested', least(t.as_of, b.as_of),
        CASE WHEN b.as_of < t.as_of THEN b.document ELSE t.document END,
        array_to_string(ARRAY[t.business, t.strength, CASE WHEN b.is_key THEN 'yes' ELSE 'no' END,
        b.name, b.function, b.sector, trim_scale(b.rto_hours)::text,
        trim_scale(b.fallback_hours)::text], E'\x1f', E'\x1e')
    FROM business_support t
    JOIN business b ON b.realm_id = t.realm_id AND b.id = t.business AND b.until_import IS NULL
    WHERE t.realm_id = $1 AND t.system = ANY (string_to_array($2, E'\n'))
        AND t.until_import IS NULL
    UNION ALL
    SELECT t.system, 10, 'unit', 'attested', t.as_of, t.document,
        array_to_string(ARRAY[t.id, t.name, trim_scale(t.mw)::text, trim_scale(t.kv)::text,
        t.lines::text, t.interconnection], E'\x1f', E'\x1e')
    FROM controlled_unit t
    WHERE t.realm_id = $1 AND t.system = ANY (string_to_array($2, E'\n'))
        AND t.until_import IS NULL
    UNION ALL
    SELECT t.system, 11, 'answer', 'attested', t.as_of, t.document,
        array_to_string(ARRAY[t.pack, t.criterion, CASE WHEN t.met THEN 'yes' ELSE 'no' END,
        t.official], E'\x1f', E'\x1e')
    FROM answer t
    WHERE t.realm_id = $1 AND t.system = ANY (string_to_array($2, E'\n'))
        AND t.until_import IS NULL
    UNION ALL
    SELECT t.system, 12, 'data', 'attested', t.as_of, t.document,
        array_to_string(ARRAY[t.id, t.name, t.level, t.class, t.personal_information,
        trim_scale(t.volume_gb)::text, trim_scale(t.records)::text,
        CASE t.cross_border WHEN true THEN 'yes' WHEN false THEN 'no' END], E'\x1f', E'\x1e')
    FROM data_resource t
    WHERE t.realm_id = $1 AND t.system = ANY (string_to_array($2, E'\n'))
        AND t.until_import IS NULL
    UNION ALL
    SELECT s.id, 13, 'carrier', 'attested', least(c.as_of, t.as_of), c.document,
        array_to_string(ARRAY[c.id, c.name, c.class, t.final::text, d.list_no], E'\x1f', E'\x1e')
    FROM subject s
    JOIN system c ON c.realm_id = s.realm_id AND c.id = s.carried_by AND c.until_import IS NULL
    LEFT JOIN system_tier t ON t.realm_id = c.realm_id AND t.system = c.id
        AND t.until_import IS NULL
    LEFT JOIN designation_list d ON d.realm_id = c.realm_id AND d.system = c.id
    UNION ALL
    SELECT s.id, 14, 'carries', 'attested', least(c.as_of, t.as_of), c.document,
        array_to_string(ARRAY[c.id, c.name, c.class, c.sector, t.final::text, d.list_no], E'\x1f',
        E'\x1e')
    FROM subject s
    JOIN system c ON c.realm_id = s.realm_id AND c.carried_by = s.id AND c.until_import IS NULL
        AND c.lifecycle <> 'retired'
    LEFT JOIN system_tier t ON t.realm_id = c.realm_id AND t.system = c.id
        AND t.until_import IS NULL
    LEFT JOIN designation_list d ON d.realm_id = c.realm_id AND d.system = c.id
    UNION ALL
    SELECT s.id, 15, 'designation', 'attested', d.valid_from::date, d.decision_no,
        array_to_string(ARRAY[d.list_no, d.outcome, d.pack, d.valid_from::date::text], E'\x1f',
        E'\x1e')
    FROM subject s JOIN designation_list d ON d.realm_id = s.realm_id AND d.system = s.id
    UNION ALL
    SELECT s.id, 16, 'exit', 'attested', e.as_of, e.document,
        array_to_string(ARRAY[e.id, e.name, e.carrier, trim_scale(e.bandwidth_mbps)::text],
        E'\x1f', E'\x1e')
    FROM internet_exit e
    CROSS JOIN LATERAL unnest(e.systems) AS x (system)
    JOIN subject s ON s.realm_id = e.realm_id AND s.id = x.system
    UNION ALL
    SELECT s.id, 17, 'supplier', 'attested', c.as_of, c.document,
        array_to_string(ARRAY[c.id, c.supplier, c.service, c.access_path, c.valid_until::text],
        E'\x1f', E'\x1e')
    FROM contract c
    CROSS JOIN LATERAL unnest(c.systems) AS x (system)
    JOIN subject s ON s.realm_id = c.realm_id AND s.id = x.system
    WHERE c.until_import IS NULL AND (c.valid_from IS NULL OR c.valid_from <= current_date)
        AND (c.valid_until IS NULL OR c.valid_until >= current_date)
    UNION ALL
    SELECT s.id, 18, 'remote-access', 'attested', m.as_of, m.document,
        array_to_string(ARRAY[m.id, m.supplier, m.valid_until::text], E'\x1f', E'\x1e')
    FROM subject s
    JOIN remote_maintenance m ON m.realm_id = s.realm_id AND m.system = s.id
        AND m.until_import IS NULL AND m.valid_until >= current_date
    UNION ALL
    SELECT s.id, 19, 'exposure', 'measured', o.ended::date, 'run ' || o.run_id,
        array_to_string(ARRAY[s.looked, s.addresses::text, s.services::text,
        s.administration::text, s.maintenance::text, s.industrial::text, s.unjustified::text],
        E'\x1f', E'\x1e')
    FROM exposed s JOIN run o ON o.run_id = s.run_id
    UNION ALL
    SELECT i.id, 20, 'zone', 'derived', i.as_of, i.document,
        array_to_string(ARRAY[i.zone, i.name, i.purdue_level, i.sl_t::text, i.assets::text],
        E'\x1f', E'\x1e')
    FROM inside i
    UNION ALL
    SELECT t.id, 21, 'assets', 'measured', max(o.ended)::date,
        'run ' || (array_agg(o.run_id ORDER BY o.ended DESC, o.run_id DESC))[1],
        array_to_string(ARRAY[t.role, role_kind(t.role), count(*)::text], E'\x1f', E'\x1e')
    FROM there t JOIN run o ON o.run_id = t.run_id
    GROUP BY t.id, t.role
) AS statement
ORDER BY id COLLATE "C", place, element COLLATE "C", told COLLATE "C", as_of, document COLLATE "C"
