-- SPDX-License-Identifier: Apache-2.0
-- What is stated of a system's tier and what goes with it, what stands first, then what ended.
-- $1::text : only of this realm; NULL: all
-- $2::text : the system
SELECT r.name, x.what, x.value, x.as_of::text, x.document,
    coalesce(to_char(i.imported AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), '')
FROM (
    SELECT realm_id, 1 AS place, 'system' AS what, name || ', ' || lifecycle AS value, as_of,
        document, from_import, until_import
    FROM system WHERE id = $2 AND until_import IS NULL
    UNION ALL SELECT realm_id, 2, 'tier', 'S' || s || 'A' || a || ', tier ' || final
        || coalesce(', determined ' || determined, ''), as_of, document, from_import, until_import
    FROM system_tier WHERE system = $2
    UNION ALL SELECT realm_id, 3, 'damage', CASE aspect WHEN 's' THEN 'business information'
        ELSE 'system service' END || ', ' || object || ': ' || degree, as_of, document,
        from_import, until_import
    FROM damage WHERE system = $2
    UNION ALL SELECT realm_id, 4, 'filing', status || CASE form_no WHEN '' THEN '' ELSE ', form '
        || form_no END || CASE certificate_no WHEN '' THEN '' ELSE ', certificate '
        || certificate_no END || coalesce(', with ' || body, '')
        || coalesce(', issued ' || issued, '') || coalesce(', valid until ' || valid_until, ''),
        as_of, document, from_import, until_import
    FROM filing WHERE system = $2
    UNION ALL SELECT realm_id, 5, 'assessment', day || ', ' || kind || CASE result WHEN '' THEN '' ELSE ', '
        || result END || coalesce(', ' || score, '') || CASE report_no WHEN '' THEN '' ELSE ', report '
        || report_no END || coalesce(', by ' || body, ''), as_of, document, from_import,
        until_import
    FROM assessment WHERE system = $2
) x
JOIN realm r USING (realm_id)
LEFT JOIN register_import i ON i.id = x.until_import
WHERE ($1 IS NULL OR r.name = $1)
    AND EXISTS (SELECT FROM system s WHERE s.realm_id = x.realm_id AND s.id = $2
        AND s.until_import IS NULL AND NOT s.external)
ORDER BY r.name COLLATE "C", x.until_import DESC NULLS FIRST, x.place, x.value COLLATE "C",
    x.from_import
