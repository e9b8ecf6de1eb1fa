-- SPDX-License-Identifier: Apache-2.0
-- The systems of a realm, and how far the dependencies on each were surveyed.
-- $1::int4 : realm
SELECT s.id, s.sector, coalesce(l.complete, false), coalesce(l.hops, 0),
    coalesce(l.as_of::text, ''), coalesce(l.document, '')
FROM system s
LEFT JOIN system_list l ON l.realm_id = s.realm_id AND l.system = s.id
    AND l.list = 'dependants' AND l.until_import IS NULL
WHERE s.realm_id = $1 AND s.until_import IS NULL
ORDER BY s.id COLLATE "C"
