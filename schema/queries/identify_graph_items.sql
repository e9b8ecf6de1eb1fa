-- SPDX-License-Identifier: Apache-2.0
-- What systems bring into sums: the units they control and their metrics. A row without key says
-- that the system brings nothing else of that kind.
-- $1::int4 : realm
-- $2::bool : only near what is chosen
SELECT system, set, key, value, as_of FROM (
    SELECT system, 'unit:mw' AS set, id AS key, mw::float8 AS value, as_of::text AS as_of
    FROM controlled_unit WHERE realm_id = $1 AND until_import IS NULL AND mw IS NOT NULL
    UNION ALL
    SELECT l.system, 'unit:mw', NULL, 0, l.as_of::text
    FROM system_list l
    WHERE l.realm_id = $1 AND l.until_import IS NULL AND l.list = 'controls' AND l.complete
        AND NOT EXISTS (SELECT FROM controlled_unit u WHERE u.realm_id = $1
            AND u.system = l.system AND u.until_import IS NULL AND u.mw IS NULL)
    UNION ALL
    SELECT m.system, 'metric:' || m.name || ':' || m.unit, k.key, m.value::float8, m.as_of::text
    FROM metric m CROSS JOIN LATERAL (VALUES (m.system), (NULL)) AS k (key)
    WHERE m.realm_id = $1 AND m.until_import IS NULL
) AS item
WHERE NOT $2 OR system IN (SELECT system FROM pg_temp.identify_near)
ORDER BY system, set, key
