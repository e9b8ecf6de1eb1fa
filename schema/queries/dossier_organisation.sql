-- SPDX-License-Identifier: Apache-2.0
-- What the register states of organisations, as their dossiers have it; see dossier_system.sql.
-- $1::int4 : realm
-- $2::text : ids, one a line
-- Kept: it is asked for batch after batch.
WITH subject AS MATERIALIZED (
    SELECT r.name AS realm, x.* FROM organisation x JOIN realm r USING (realm_id)
    WHERE x.realm_id = $1 AND x.until_import IS NULL AND x.id = ANY (string_to_array($2, E'\n'))
), network AS (
    -- By its circuits, by its zones, by what it answers for.
    SELECT s.id, b.prefix, c.as_of, c.document
    FROM subject s
    JOIN circuit c ON c.realm_id = s.realm_id AND c.organisation = s.id AND c.until_import IS NULL
    CROSS JOIN LATERAL unnest(c.blocks) AS b (prefix)
    UNION ALL
    SELECT s.id, b.prefix, least(b.as_of, z.as_of), b.document
    FROM subject s
    JOIN zone z ON z.realm_id = s.realm_id AND z.organisation = s.id AND z.until_import IS NULL
    JOIN subnet b ON b.realm_id = z.realm_id AND b.zone = z.id AND b.until_import IS NULL
    UNION ALL
    SELECT s.id, p.prefix::cidr, p.as_of, p.document
    FROM subject s
    JOIN responsibility p ON p.realm_id = s.realm_id AND p.organisation = s.id
        AND p.until_import IS NULL AND p.subject IN ('subnet', 'prefix') AND p.duty <> 'uses'
        AND p.valid_from <= current_date
        AND (p.valid_until IS NULL OR p.valid_until >= current_date)
)
SELECT id, element, grade, as_of::text, document, told
FROM (
    SELECT s.id, 1 AS place, 'organisation' AS element, 'attested' AS grade, s.as_of,
        s.document, array_to_string(ARRAY[s.realm, s.id, s.name, s.sector, s.unit_type,
        s.affiliation, s.division, s.industry, s.parent, array_to_string(s.countries, ' ')],
        E'\x1f', E'\x1e') AS told
    FROM subject s
    UNION ALL
    SELECT s.id, 2, 'role', 'attested', t.as_of, t.document,
        array_to_string(ARRAY[t.code, t.scope, CASE WHEN isfinite(t.valid_from)
        THEN t.valid_from::text END, t.valid_until::text], E'\x1f', E'\x1e')
    FROM subject s
    JOIN org_role t ON t.realm_id = s.realm_id AND t.organisation = s.id AND t.until_import IS NULL
        AND t.valid_from <= current_date AND (t.valid_until IS NULL OR t.valid_until >= current_date)
    UNION ALL
    SELECT s.id, 3, 'event', 'attested', t.as_of, t.document,
        array_to_string(ARRAY[t.event, t.day::text, t.other], E'\x1f', E'\x1e')
    FROM subject s
    JOIN org_event t ON t.realm_id = s.realm_id AND t.organisation = s.id AND t.until_import IS NULL
    UNION ALL
    SELECT s.id, 4, 'metric', 'attested', t.as_of, t.document,
        array_to_string(ARRAY[t.name, trim_scale(t.value)::text, t.unit], E'\x1f', E'\x1e')
    FROM subject s
    JOIN org_metric t ON t.realm_id = s.realm_id AND t.organisation = s.id
        AND t.until_import IS NULL
    UNION ALL
    SELECT s.id, 5, 'answer', 'attested', t.as_of, t.document,
        array_to_string(ARRAY[t.pack, t.criterion, CASE WHEN t.met THEN 'yes' ELSE 'no' END,
        t.official], E'\x1f', E'\x1e')
    FROM subject s
    JOIN org_answer t ON t.realm_id = s.realm_id AND t.organisation = s.id
        AND t.until_import IS NULL
    UNION ALL
    SELECT s.id, 6, 'business', 'attested', t.as_of, t.document,
        array_to_string(ARRAY[t.id, t.name, t.function, t.sector,
        CASE WHEN t.is_key THEN 'yes' ELSE 'no' END], E'\x1f', E'\x1e')
    FROM subject s
    JOIN business t ON t.realm_id = s.realm_id AND t.organisation = s.id AND t.until_import IS NULL
    UNION ALL
    SELECT s.id, 7, 'system', 'attested', least(c.as_of, t.as_of), c.document,
        array_to_string(ARRAY[c.id, c.name, c.class, c.kind, c.sector, t.final::text, d.list_no],
        E'\x1f', E'\x1e')
    FROM subject s
    JOIN system c ON c.realm_id = s.realm_id AND c.organisation = s.id AND c.until_import IS NULL
        AND NOT c.external AND c.lifecycle <> 'retired'
    LEFT JOIN system_tier t ON t.realm_id = c.realm_id AND t.system = c.id
        AND t.until_import IS NULL
    LEFT JOIN designation_list d ON d.realm_id = c.realm_id AND d.system = c.id
    UNION ALL
    SELECT w.id, 8, 'network', 'attested', min(w.as_of), min(w.document COLLATE "C"),
        w.prefix::text
    FROM network w
    GROUP BY w.id, w.prefix
    UNION ALL
    SELECT s.id, 9, 'exit', 'attested', e.as_of, e.document,
        array_to_string(ARRAY[e.id, e.name, e.carrier, trim_scale(e.bandwidth_mbps)::text],
        E'\x1f', E'\x1e')
    FROM subject s
    JOIN internet_exit e ON e.realm_id = s.realm_id AND e.organisation = s.id
) AS statement
ORDER BY id COLLATE "C", place, element COLLATE "C", told COLLATE "C", as_of, document COLLATE "C"
