-- What the register says of an asset: its system by the rules, and through it the organisation,
-- sector, tier and designation; the subnet of each address. A statement is known since the import
-- that wrote it; it was last said by the newest import that surely held it: a complete file that
-- had not held it would have ended it.
-- $1::int8 : asset
WITH m AS (
    SELECT m.*, s.name AS system_name, s.organisation, s.sector, s.tier, s.business_name, s.strength,
        s.designation, s.designation_pack, s.designation_version, s.organisation_name,
        s.as_of AS system_as_of, s.document AS system_document
    FROM asset_system m
    JOIN registered_system s ON s.realm_id = m.realm_id AND s.id = m.system
    WHERE m.asset_id = $1)
SELECT attribute, value, source || ', as of ' || as_of, method,
    (extract(epoch FROM i.imported) * 1000000)::int8,
    (extract(epoch FROM greatest(i.imported, (SELECT max(n.imported) FROM register_import n
        WHERE n.realm_id = i.realm_id AND n.complete AND n.id > i.id))) * 1000000)::int8
FROM (
    SELECT 1 AS place, 'system' AS attribute, system || ' (' || system_name || ')' AS value,
        document AS source, 'register: ' || rule || ' ' || value AS method, as_of, from_import
    FROM m
    UNION ALL SELECT 2, 'organisation', organisation || ' (' || coalesce(organisation_name, '')
        || ')', system_document, 'register: system ' || system, system_as_of, from_import FROM m
    UNION ALL SELECT 3, 'sector', sector, system_document, 'register: system ' || system,
        system_as_of, from_import FROM m
    UNION ALL SELECT 4, 'business', business_name || ' (' || strength || ')', system_document,
        'register: system ' || system, system_as_of, from_import FROM m
        WHERE business_name IS NOT NULL
    UNION ALL SELECT 5, 'tier', tier::text, system_document, 'register: system ' || system,
        system_as_of, from_import FROM m WHERE tier IS NOT NULL
    UNION ALL SELECT 6, 'designation', designation || ' by ' || designation_pack || ' '
        || designation_version, system_document, 'designation of system ' || system,
        system_as_of, from_import FROM m WHERE designation IS NOT NULL
    UNION ALL SELECT 7, 'subnet', n.name || CASE WHEN n.zone <> '' THEN ', zone ' || n.zone
        ELSE '' END, n.document, 'register: ' || n.prefix::text || ' holds '
        || host(a.address), n.as_of, n.from_import
    FROM address a JOIN LATERAL (
        SELECT * FROM subnet WHERE subnet.realm_id = a.realm_id AND until_import IS NULL
            AND subnet.prefix >>= a.address ORDER BY masklen(prefix) DESC LIMIT 1) AS n ON true
    WHERE a.asset_id = $1 AND a.until_run IS NULL
) AS said LEFT JOIN register_import i ON i.id = said.from_import
ORDER BY place, method COLLATE "C"
