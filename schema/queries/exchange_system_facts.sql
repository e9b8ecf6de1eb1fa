-- SPDX-License-Identifier: Apache-2.0
-- What the register attests about systems, by system and chapter, and what norms say of them by
-- it: each with its paper and the day for which that speaks. Persons who decided are not named;
-- the number of their decision is.
-- $1::int4 : realm
-- $2::timestamptz : as of; NULL: now
-- $3::text : only of this system; empty: none; NULL: all
WITH later AS (
    SELECT id FROM register_import WHERE realm_id = $1 AND imported > $2
), own AS (
    SELECT s.* FROM system s
    WHERE s.realm_id = $1 AND ($3 IS NULL OR s.id = $3) AND ($2 IS NULL OR s.as_of <= $2::date)
        AND (s.until_import IS NULL OR s.until_import IN (SELECT id FROM later))
), said AS (
    SELECT s.id AS system, v.place, v.chapter, v.name, v.value, 'system ' || s.id AS method,
        s.as_of, s.document, s.from_import, s.until_import
    FROM own s
    CROSS JOIN LATERAL (VALUES
        (1, 'identification', 'name', s.name), (2, 'identification', 'sector', s.sector),
        (3, 'identification', 'class', s.class), (4, 'identification', 'kind', s.kind),
        (5, 'identification', 'function', s.function),
        (6, 'identification', 'service-scope', s.service_scope),
        (7, 'identification', 'counterparts', s.counterparts),
        (8, 'identification', 'lifecycle', s.lifecycle),
        (9, 'identification', 'external', CASE WHEN s.external THEN 'yes' ELSE '' END),
        (10, 'identification', 'object-no', s.object_no),
        (11, 'identification', 'business-type', s.business_type),
        (12, 'identification', 'description', s.description),
        (13, 'identification', 'technology', array_to_string(s.technology, ' ')),
        (14, 'data', 'data-handled', s.data_handled),
        (15, 'areas', 'deployment', s.deployment),
        (16, 'areas', 'network-nature', s.network_nature),
        (17, 'external-links', 'interconnection', s.interconnection),
        (18, 'identification', 'in-service', s.in_service::text),
        (19, 'business', 'part-of', s.parent), (19, 'business', 'carried-by', s.carried_by),
        (20, 'organisation', 'organisation', s.organisation))
        AS v (place, chapter, name, value)
    UNION ALL
    SELECT u.system, 21, 'business', 'supports', b.name || ' (' || b.id || ', ' || u.strength
            || CASE WHEN b.is_key THEN ', key business' ELSE '' END
            || coalesce(', recovery within ' || b.rto_hours || ' h', '')
            || coalesce(', manual fallback ' || b.fallback_hours || ' h', '') || ')',
        'system ' || u.system || ' supports ' || u.business, u.as_of, u.document, u.from_import,
        u.until_import
    FROM business_support u
    JOIN business b ON b.realm_id = u.realm_id AND b.id = u.business AND b.until_import IS NULL
    WHERE u.realm_id = $1
    UNION ALL
    SELECT e.id, e.place, 'business', e.name,
        e.other || coalesce(' (' || s.name || ')', '') || ', ' || d.strength, 'dependency', d.as_of, d.document, d.from_import, d.until_import
    FROM dependency d
    CROSS JOIN LATERAL (VALUES (d.from_system, 22, 'depends-on', d.on_system),
        (d.on_system, 23, 'needed-by', d.from_system)) AS e (id, place, name, other)
    LEFT JOIN system s ON s.realm_id = d.realm_id AND s.id = e.other AND s.until_import IS NULL
    WHERE d.realm_id = $1
    UNION ALL
    SELECT m.system, 24, 'business', m.name, concat_ws(' ', trim_scale(m.value)::text,
            nullif(m.unit, '')), 'metric', m.as_of, m.document, m.from_import, m.until_import
    FROM metric m WHERE m.realm_id = $1
    UNION ALL
    SELECT c.system, 25, 'business', 'controls', c.name || ' (' || c.id
            || coalesce(', ' || trim_scale(c.mw) || ' MW', '')
            || coalesce(', ' || trim_scale(c.kv) || ' kV', '') || ')', 'controlled unit',
        c.as_of, c.document, c.from_import, c.until_import
    FROM controlled_unit c WHERE c.realm_id = $1
    UNION ALL
    SELECT t.system, v.place, 'tier', v.name, v.value, 'tier of system ' || t.system, t.as_of,
        t.document, t.from_import, t.until_import
    FROM system_tier t
    CROSS JOIN LATERAL (VALUES (30, 'tier', t.final::text), (31, 'information', 'S' || t.s),
        (32, 'service', 'A' || t.a), (33, 'determined', t.determined::text))
        AS v (place, name, value)
    WHERE t.realm_id = $1
    UNION ALL
    SELECT d.system, 34, 'tier', 'damage ' || d.aspect || ' ' || d.object, d.degree,
        'tier of system ' || d.system, d.as_of, d.document, d.from_import, d.until_import
    FROM damage d WHERE d.realm_id = $1
    UNION ALL
    SELECT f.system, v.place, 'tier', v.name, v.value, 'filing of system ' || f.system, f.as_of,
        f.document, f.from_import, f.until_import
    FROM filing f
    CROSS JOIN LATERAL (VALUES (35, 'filing', f.status), (36, 'form-no', f.form_no),
        (37, 'certificate-no', f.certificate_no), (38, 'filed-with', f.body),
        (39, 'received', f.received::text), (39, 'issued', f.issued::text),
        (39, 'valid-until', f.valid_until::text)) AS v (place, name, value)
    WHERE f.realm_id = $1
    UNION ALL
    SELECT a.system, 59, 'assessments', a.kind, concat_ws(', ', a.day, nullif(a.result, ''),
            trim_scale(a.score), a.body, nullif(a.report_no, '')), 'assessment of system '
            || a.system, a.as_of, a.document, a.from_import, a.until_import
    FROM assessment a WHERE a.realm_id = $1
    UNION ALL
    SELECT r.system, 40, 'boundary', r.rule, r.value, 'rule of system ' || r.system, r.as_of,
        r.document, r.from_import, r.until_import
    FROM system_rule r WHERE r.realm_id = $1
    UNION ALL
    SELECT w.system, 60, 'assessments', w.pack || ' ' || w.criterion,
        CASE WHEN w.met THEN 'met' ELSE 'not met' END, 'answer to a criterion', w.as_of,
        w.document, w.from_import, w.until_import
    FROM answer w WHERE w.realm_id = $1
), evaluated AS (
    SELECT DISTINCT ON (e.system, e.pack) e.* FROM norm_eval e
    WHERE e.realm_id = $1 AND ($3 IS NULL OR e.system = $3) AND ($2 IS NULL OR e.evaluated <= $2)
    ORDER BY e.system, e.pack, e.id DESC
), told AS (
    SELECT s.system, s.chapter, s.name, s.value, s.method, s.document, s.as_of::text AS as_of,
        coalesce((extract(epoch FROM i.imported) * 1000000)::int8, 0) AS since, s.place,
        'attested' AS grade
    FROM said s
    JOIN own o ON o.id = s.system
    JOIN register_import i ON i.id = s.from_import
    WHERE s.value <> '' AND ($2 IS NULL OR s.as_of <= $2::date)
        AND (s.until_import IS NULL OR s.until_import IN (SELECT id FROM later))
    UNION ALL
    SELECT d.system, 'designation', coalesce(nullif(d.list_no, ''), 'decision'),
        d.outcome || ', by ' || d.pack || ' ' || d.version || ', ' || d.reason, 'designation', 'decision ' || d.decision_no, d.valid_from::date::text,
        (extract(epoch FROM d.recorded) * 1000000)::int8, 50, 'attested'
    FROM designation d
    WHERE d.realm_id = $1 AND ($3 IS NULL OR d.system = $3)
        AND CASE WHEN $2 IS NULL THEN d.valid_until IS NULL AND d.superseded IS NULL
            ELSE d.valid_from <= $2 AND (d.valid_until IS NULL OR d.valid_until > $2)
                AND d.superseded IS NULL END
    UNION ALL
    SELECT v.system, 'designation', 'proposal', v.outcome || ', by ' || v.pack || ' ' || v.version
            || ', score ' || v.score || CASE WHEN v.missing <> '' THEN ', missing: ' || v.missing
            ELSE '' END,
        'identification', 'evaluation ' || v.id, v.evaluated::date::text,
        (extract(epoch FROM v.evaluated) * 1000000)::int8, 51, 'derived'
    FROM evaluated v
    UNION ALL
    SELECT v.system, 'assessments', v.pack || ' ' || r.criterion, coalesce(nullif(r.reason, ''),
            r.verdict),
        'identification', 'evaluation ' || v.id, v.evaluated::date::text,
        (extract(epoch FROM v.evaluated) * 1000000)::int8, 61, 'derived'
    FROM evaluated v JOIN criterion_result r ON r.eval_id = v.id
    UNION ALL
    SELECT v.system, 'assessments', v.pack || ' ' || left(c.verdict, -1),
        CASE right(c.verdict, 1) WHEN '+' THEN 'met' WHEN '-' THEN 'not met' ELSE 'unknown' END,
        'identification', 'evaluation ' || v.id, v.evaluated::date::text,
        (extract(epoch FROM v.evaluated) * 1000000)::int8, 61, 'derived'
    FROM evaluated v CROSS JOIN LATERAL regexp_split_to_table(v.verdicts, ' ') AS c (verdict)
    WHERE v.verdicts <> ''
)
SELECT system, chapter, name, value, method, document, as_of, since, grade FROM told
ORDER BY system COLLATE "C", place, name COLLATE "C", value COLLATE "C", method COLLATE "C"
