-- SPDX-License-Identifier: Apache-2.0
-- What the register says of an asset: its system by the rules, and through it the organisation,
-- sector, business, tier and designation; the subnet of each address; who is responsible; what is
-- attested of it alone. Each statement has the paper behind it and the day for which that speaks.
-- It is known since the import that wrote it; it was last said by the newest import that surely
-- held it: a complete file that had not held it would have ended it. A designation is known since
-- its decision was recorded. Of several businesses the one is told that registered_system tells.
-- Kept: all is looked up by the asset.
-- $1::int8 : asset
-- $2::timestamptz : the time that is asked about; NULL: now
WITH m AS (
    SELECT m.*, s.name, s.organisation, s.sector, s.as_of AS system_as_of,
        s.document AS system_document, s.from_import AS system_import
    FROM system_of($1) m
    JOIN system s ON s.realm_id = m.realm_id AND s.id = m.system AND s.until_import IS NULL
), said AS (
    SELECT 1 AS place, 'system' AS attribute, system || ' (' || name || ')' AS value,
        document, 'register: ' || rule || ' ' || value AS method, as_of, from_import
    FROM m
    UNION ALL
    SELECT 2, 'organisation', m.organisation || coalesce(' (' || o.name || ')', ''),
        m.system_document, 'register: system ' || m.system, m.system_as_of, m.system_import
    FROM m LEFT JOIN organisation o ON o.realm_id = m.realm_id AND o.id = m.organisation
        AND o.until_import IS NULL
    UNION ALL
    SELECT 3, 'sector', sector, system_document, 'register: system ' || system, system_as_of,
        system_import
    FROM m
    UNION ALL
    SELECT 4, 'business', u.name || ' (' || u.strength || ')', u.document,
        'register: system ' || m.system || ' supports ' || u.business, u.as_of, u.from_import
    FROM m
    CROSS JOIN LATERAL (
        SELECT s.*, b.name
        FROM business_support s
        JOIN business b ON b.realm_id = s.realm_id AND b.id = s.business AND b.until_import IS NULL
        WHERE s.realm_id = m.realm_id AND s.system = m.system AND s.until_import IS NULL
        ORDER BY b.is_key DESC,
            array_position(ARRAY['essential', 'important', 'supporting'], s.strength), b.id
        LIMIT 1) AS u
    UNION ALL
    SELECT 5, 'tier', t.final::text, t.document, 'register: system ' || m.system, t.as_of,
        t.from_import
    FROM m JOIN system_tier t ON t.realm_id = m.realm_id AND t.system = m.system
        AND t.until_import IS NULL
    UNION ALL
    SELECT 7, 'subnet', n.name || CASE WHEN n.zone <> '' THEN ', zone ' || n.zone ELSE '' END,
        n.document, 'register: ' || n.prefix::text || ' holds ' || host(a.address), n.as_of,
        n.from_import
    FROM address a
    CROSS JOIN LATERAL (
        SELECT * FROM subnet WHERE subnet.realm_id = a.realm_id AND until_import IS NULL
            AND subnet.prefix >>= a.address ORDER BY masklen(prefix) DESC LIMIT 1) AS n
    WHERE a.asset_id = $1 AND a.until_run IS NULL
    UNION ALL
    SELECT 8, duty, organisation || coalesce(' (' || organisation_name || ')', ''), document,
        'register: ' || subject || ' ' || value, as_of, from_import
    FROM responsible_of($1, coalesce($2, now())::date)
    UNION ALL
    SELECT 9, attribute, value, document, 'register: ' || selector || ' ' || asset, as_of,
        from_import
    FROM attested_of($1)
), stated AS (
    SELECT s.place, s.attribute, s.value, s.document || ', as of ' || s.as_of AS source, s.method,
        i.imported AS since, greatest(i.imported, (SELECT max(n.imported) FROM register_import n
            WHERE n.realm_id = i.realm_id AND n.complete AND n.id > i.id)) AS last
    FROM said s LEFT JOIN register_import i ON i.id = s.from_import
    UNION ALL
    SELECT 6, 'designation', d.list_no || ' by ' || d.pack || ' ' || d.version,
        'decision ' || d.decision_no || ' of ' || d.official, 'designation of system ' || m.system,
        d.recorded, d.recorded
    FROM m JOIN designation_list d ON d.realm_id = m.realm_id AND d.system = m.system
)
SELECT attribute, value, source, method, coalesce((extract(epoch FROM since) * 1000000)::int8, 0),
    coalesce((extract(epoch FROM last) * 1000000)::int8, 0)
FROM stated
ORDER BY place, method COLLATE "C"
