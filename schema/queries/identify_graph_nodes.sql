-- SPDX-License-Identifier: Apache-2.0
-- The systems of a realm that are not retired: whose they are, how far the dependencies on each were surveyed, their
-- tier, and whether they are on the list.
-- $1::int4 : realm
-- $2::bool : only near what is chosen
SELECT s.id, s.sector, s.organisation, coalesce(l.complete, false), coalesce(l.hops, 0),
    coalesce(l.as_of::text, ''), coalesce(l.document, ''), coalesce(t.final, 0),
    d.system IS NOT NULL
FROM system s
LEFT JOIN system_list l ON l.realm_id = s.realm_id AND l.system = s.id
    AND l.list = 'dependants' AND l.until_import IS NULL
LEFT JOIN system_tier t ON t.realm_id = s.realm_id AND t.system = s.id
    AND t.until_import IS NULL
LEFT JOIN (SELECT DISTINCT system FROM designation_list
    WHERE realm_id = $1 AND outcome = 'cii') d ON d.system = s.id
WHERE s.realm_id = $1 AND s.until_import IS NULL AND s.lifecycle <> 'retired' AND (NOT $2
    OR s.id IN (SELECT system FROM pg_temp.identify_near))
ORDER BY s.id COLLATE "C"
