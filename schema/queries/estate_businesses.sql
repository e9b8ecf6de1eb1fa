-- SPDX-License-Identifier: Apache-2.0
-- Businesses of the register, with the names of their organisations.
-- $1::text : realm; NULL: all
SELECT b.id, b.name, coalesce(nullif(o.name, ''), b.organisation), b.sector, b.is_key
FROM business b
JOIN realm r USING (realm_id)
LEFT JOIN organisation o ON o.realm_id = b.realm_id AND o.id = b.organisation
    AND o.until_import IS NULL
WHERE b.until_import IS NULL AND ($1 IS NULL OR r.name = $1)
ORDER BY b.id COLLATE "C"
