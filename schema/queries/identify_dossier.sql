-- SPDX-License-Identifier: Apache-2.0
-- The statements of one system, as its dossier has them: what it is, when it was true, the
-- paper behind it, and up to eleven values whose names inventory/norm/dossier.c gives.
-- $1::int4 : realm
-- $2::text : system
SELECT element, as_of::text, document, v1, v2, v3, v4, v5, v6, v7, v8, v9, v10, v11 FROM (
    SELECT 1 AS place, 'system' AS element, as_of, document, r.name AS v1, id AS v2, s.name AS v3,
        organisation AS v4, sector AS v5, class AS v6, kind AS v7, function AS v8,
        service_scope AS v9, counterparts AS v10, lifecycle AS v11
    FROM system s JOIN realm r USING (realm_id)
    WHERE realm_id = $1 AND id = $2 AND until_import IS NULL
    UNION ALL
    SELECT 2, 'tier', as_of, document, s::text, a::text, final::text, determined::text,
        NULL, NULL, NULL, NULL, NULL, NULL, NULL
    FROM system_tier WHERE realm_id = $1 AND system = $2 AND until_import IS NULL
    UNION ALL
    SELECT 3, 'metric', as_of, document, name, trim_scale(value)::text, unit,
        NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
    FROM metric WHERE realm_id = $1 AND system = $2 AND until_import IS NULL
    UNION ALL
    SELECT 4, list, as_of, document, CASE WHEN complete THEN 'yes' ELSE 'no' END, hops::text,
        NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
    FROM system_list WHERE realm_id = $1 AND system = $2 AND until_import IS NULL
    UNION ALL
    SELECT 5, 'support', least(bs.as_of, b.as_of),
        CASE WHEN b.as_of < bs.as_of THEN b.document ELSE bs.document END,
        bs.business, bs.strength, CASE WHEN b.is_key THEN 'yes' ELSE 'no' END, b.name,
        b.function, b.sector, trim_scale(b.rto_hours)::text,
        trim_scale(b.fallback_hours)::text, NULL, NULL, NULL
    FROM business_support bs JOIN business b ON b.realm_id = bs.realm_id
        AND b.id = bs.business AND b.until_import IS NULL
    WHERE bs.realm_id = $1 AND bs.system = $2 AND bs.until_import IS NULL
    UNION ALL
    SELECT 6, 'unit', as_of, document, id, name, trim_scale(mw)::text,
        NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
    FROM controlled_unit WHERE realm_id = $1 AND system = $2 AND until_import IS NULL
    UNION ALL
    SELECT 7, 'answer', as_of, document, pack, criterion,
        CASE WHEN met THEN 'yes' ELSE 'no' END, official,
        NULL, NULL, NULL, NULL, NULL, NULL, NULL
    FROM answer WHERE realm_id = $1 AND system = $2 AND until_import IS NULL
) AS statement
ORDER BY place, element, v1 COLLATE "C", v2 COLLATE "C", v3 COLLATE "C"
