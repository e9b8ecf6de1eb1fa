-- SPDX-License-Identifier: Apache-2.0
-- What changes are looked for in: of each system, by the norm's word for such a change and by what it is
-- about, how it stands, as a text and where it has one as a rank; and the paper or run behind it. `how`
-- says what of it is a change: any, one that was not there (add), a higher rank (rise), a lower rank of
-- what is still there (fall), a lower rank that leaves one or none because more is out of service, which
-- `lost` counts (spare). Asked at the time of a decision and now.
-- $1::int4 : realm
-- $2::text : ids, one a line
WITH subject AS MATERIALIZED (
    SELECT x.* FROM system x
    WHERE x.realm_id = $1 AND x.until_import IS NULL AND NOT x.external
        AND x.id = ANY (string_to_array($2, E'\n'))
), there AS MATERIALIZED (
    SELECT m.system AS id, a.asset_id, a.role, a.state, greatest(a.last_run, e.last_run) AS run_id
    FROM asset_member m
    JOIN asset a ON a.asset_id = m.asset_id
    LEFT JOIN asset_seen e ON e.asset_id = a.asset_id
    WHERE m.realm_id = $1 AND m.system = ANY (string_to_array($2, E'\n')) AND a.merged_into IS NULL
), place AS MATERIALIZED (
    SELECT DISTINCT t.id, d.address
    FROM there t JOIN address d ON d.asset_id = t.asset_id AND d.until_run IS NULL
), flow AS MATERIALIZED (
    SELECT p.id, p.address, CASE WHEN f.client = p.address THEN f.server ELSE f.client END AS peer,
        max(f.first_run) AS run_id
    FROM place p
    JOIN flow_seen f ON f.realm_id = $1 AND (f.client = p.address OR f.server = p.address)
    JOIN run o ON o.run_id = f.first_run
    GROUP BY 1, 2, 3
), lengths AS (
    SELECT DISTINCT family(prefix) AS family, masklen(prefix) AS length FROM subnet
    WHERE realm_id = $1 AND until_import IS NULL AND EXISTS (SELECT FROM flow)
), zoned AS MATERIALIZED (
    SELECT DISTINCT ON (e.address) e.address, b.zone
    FROM (SELECT address FROM flow UNION SELECT peer FROM flow) e
    JOIN lengths l ON l.family = family(e.address)
    JOIN subnet b ON b.realm_id = $1 AND b.until_import IS NULL
        AND b.prefix = network(set_masklen(e.address, l.length))
    ORDER BY e.address, l.length DESC
), levelled AS (
    SELECT s.id, t.level, t.personal_information, t.as_of, t.document, t.id AS resource,
        array_position(ARRAY['general', 'important', 'core'], t.level) AS rank,
        array_position(ARRAY['none', 'general', 'sensitive'], t.personal_information) - 1 AS personal
    FROM subject s
    JOIN data_resource t ON t.realm_id = s.realm_id AND t.system = s.id AND t.until_import IS NULL
)
SELECT id, trigger, subject, how, value, coalesce(rank, 0)::int4, evidence, lost
FROM (
    SELECT s.id, 'lifecycle' AS trigger, '' AS subject, 'any' AS how, s.lifecycle AS value,
        NULL::int8 AS rank, s.document || ' of ' || s.as_of AS evidence,
        0 AS lost
    FROM subject s
    UNION ALL
    SELECT s.id, 'operator', '', 'any', s.organisation, NULL, s.document || ' of ' || s.as_of, 0
    FROM subject s
    UNION ALL
    SELECT s.id, 'operator', t.duty, 'any', string_agg(t.organisation, ', '
        ORDER BY t.organisation COLLATE "C"), NULL, max(t.document || ' of ' || t.as_of), 0
    FROM subject s
    JOIN responsibility t ON t.realm_id = s.realm_id AND t.subject = 'system' AND t.value = s.id
        AND t.until_import IS NULL AND t.duty <> 'uses'
    GROUP BY s.id, t.duty
    UNION ALL
    SELECT s.id, 'organisation-event', t.organisation || ' ' || t.event || ' ' || t.day, 'add',
        t.event || coalesce(' ' || nullif(t.other, ''), ''), NULL, t.document || ' of ' || t.as_of, 0
    FROM subject s
    JOIN org_event t ON t.realm_id = s.realm_id AND (t.organisation = s.organisation
        OR t.other = s.organisation) AND t.until_import IS NULL
        AND t.event IN ('merge', 'split', 'dissolve')
    UNION ALL
    SELECT s.id, 'tier', '', 'any', 'S' || t.s || 'A' || t.a, NULL, t.document || ' of ' || t.as_of, 0
    FROM subject s
    JOIN system_tier t ON t.realm_id = s.realm_id AND t.system = s.id AND t.until_import IS NULL
    UNION ALL
    SELECT s.id, 'filing', '', 'any', concat_ws(' ', t.status, nullif(t.certificate_no, ''),
        nullif(t.body, '')), NULL, t.document || ' of ' || t.as_of, 0
    FROM subject s
    JOIN filing t ON t.realm_id = s.realm_id AND t.system = s.id AND t.until_import IS NULL
    UNION ALL
    SELECT s.id, 'hosting', 'carried by', 'any', coalesce(s.carried_by, ''), NULL,
        s.document || ' of ' || s.as_of, 0
    FROM subject s
    UNION ALL
    SELECT s.id, 'hosting', 'deployment', 'any', s.deployment, NULL, s.document || ' of ' || s.as_of, 0
    FROM subject s
    UNION ALL
    SELECT s.id, 'hosting', t.kind, 'any', concat_ws(' ', nullif(t.provider, ''),
        nullif(t.platform, ''), nullif(t.service_model, '')), NULL, t.document || ' of ' || t.as_of, 0
    FROM subject s
    JOIN scenario t ON t.realm_id = s.realm_id AND t.system = s.id AND t.until_import IS NULL
        AND t.kind = 'cloud'
    UNION ALL
    SELECT s.id, 'key-business', t.business, 'any', t.strength, NULL,
        t.document || ' of ' || t.as_of, 0
    FROM subject s
    JOIN business_support t ON t.realm_id = s.realm_id AND t.system = s.id
        AND t.until_import IS NULL
    JOIN business b ON b.realm_id = t.realm_id AND b.id = t.business AND b.until_import IS NULL
        AND b.is_key
    UNION ALL
    SELECT s.id, 'zone-crossing', o.zone || ' - ' || p.zone, 'add',
        min(host(f.address) || ' - ' || host(f.peer)), NULL, 'run ' || max(f.run_id), 0
    FROM subject s
    JOIN flow f ON f.id = s.id
    JOIN zoned o ON o.address = f.address
    JOIN zoned p ON p.address = f.peer
    WHERE o.zone <> p.zone AND o.zone <> '' AND p.zone <> ''
    GROUP BY s.id, o.zone, p.zone
    UNION ALL
    SELECT s.id, 'internet-exit', e.id, 'add', concat_ws(' ', nullif(e.name, ''),
        nullif(e.carrier, '')), NULL, e.document || ' of ' || e.as_of, 0
    FROM internet_exit e
    CROSS JOIN LATERAL unnest(e.systems) AS x (system)
    JOIN subject s ON s.realm_id = e.realm_id AND s.id = x.system
    UNION ALL
    SELECT s.id, 'exposure', host(e.address) || ' ' || CASE e.transport WHEN 6 THEN 'tcp'
        WHEN 17 THEN 'udp' ELSE e.transport::text END || '/' || e.port, 'add', min(e.kind), NULL,
        'run ' || max(e.from_run), 0
    FROM subject s
    JOIN there t ON t.id = s.id
    JOIN exposure_history e ON e.asset_id = t.asset_id AND e.until_run IS NULL
    GROUP BY s.id, e.address, e.transport, e.port
    UNION ALL
    SELECT s.id, 'redundancy', t.role, 'spare', count(*) FILTER (WHERE t.state = 'seen')::text,
        count(*) FILTER (WHERE t.state = 'seen'), 'run ' || max(t.run_id),
        (count(*) FILTER (WHERE t.state <> 'seen'))::int4
    FROM subject s
    JOIN there t ON t.id = s.id
    WHERE role_kind(t.role) NOT IN ('other', 'terminal')
    GROUP BY s.id, t.role
    UNION ALL
    SELECT s.id, 'redundancy', 'on ' || d.on_system, 'fall', CASE WHEN d.redundant
        THEN 'another takes over' ELSE 'none takes over' END, d.redundant::int,
        d.document || ' of ' || d.as_of, 0
    FROM subject s
    JOIN dependency d ON d.realm_id = s.realm_id AND d.from_system = s.id AND d.until_import IS NULL
        AND d.redundant IS NOT NULL
    UNION ALL
    SELECT s.id, 'dependant-sector', split_part(o.sector, '.', 1), 'add',
        string_agg(o.id, ', ' ORDER BY o.id COLLATE "C"), NULL,
        max(d.document || ' of ' || d.as_of), 0
    FROM subject s
    JOIN dependency d ON d.realm_id = s.realm_id AND d.on_system = s.id AND d.until_import IS NULL
        AND d.strength = 'essential'
    JOIN system o ON o.realm_id = d.realm_id AND o.id = d.from_system AND o.until_import IS NULL
    WHERE split_part(o.sector, '.', 1) <> split_part(s.sector, '.', 1) AND o.sector <> ''
    GROUP BY s.id, split_part(o.sector, '.', 1)
    UNION ALL
    SELECT s.id, 'remote-supplier', c.supplier, 'add', min(c.path), NULL,
        max(c.document || ' of ' || c.as_of), 0
    FROM subject s
    JOIN (SELECT k.realm_id, x.system, k.supplier, k.access_path AS path, k.document, k.as_of
        FROM contract k CROSS JOIN LATERAL unnest(k.systems) AS x (system)
        WHERE k.until_import IS NULL AND k.access_path <> ''
        UNION ALL
        SELECT m.realm_id, m.system, m.supplier, m.path, m.document, m.as_of
        FROM remote_maintenance m WHERE m.until_import IS NULL) c
        ON c.realm_id = s.realm_id AND c.system = s.id
    GROUP BY s.id, c.supplier
    UNION ALL
    (SELECT DISTINCT ON (t.id) t.id, 'data-class', 'level', 'rise', t.level, t.rank,
        t.document || ' of ' || t.as_of, 0
    FROM levelled t WHERE t.rank IS NOT NULL ORDER BY t.id, t.rank DESC, t.resource)
    UNION ALL
    (SELECT DISTINCT ON (t.id) t.id, 'data-class', 'personal information', 'rise',
        t.personal_information, t.personal, t.document || ' of ' || t.as_of, 0
    FROM levelled t WHERE t.personal > 0 ORDER BY t.id, t.personal DESC, t.resource)
) AS facet
ORDER BY id COLLATE "C", trigger COLLATE "C", subject COLLATE "C"
