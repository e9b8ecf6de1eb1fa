-- SPDX-License-Identifier: Apache-2.0
-- The systems of that id, one for each realm that has it.
-- $1::text : id
SELECT s.realm_id, r.name, s.name, s.organisation, coalesce(o.name, s.organisation)
FROM system s JOIN realm r USING (realm_id)
LEFT JOIN organisation o ON o.realm_id = s.realm_id AND o.id = s.organisation
    AND o.until_import IS NULL
WHERE s.id = $1 AND s.until_import IS NULL AND NOT s.external ORDER BY r.name
