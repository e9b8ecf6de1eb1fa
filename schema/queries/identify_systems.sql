-- SPDX-License-Identifier: Apache-2.0
-- The systems to be judged: registered, not of others, not retired.
-- $1::text : only this id; NULL: all
SELECT s.realm_id, s.id, s.name
FROM system s JOIN realm r USING (realm_id)
WHERE s.until_import IS NULL AND NOT s.external AND s.lifecycle <> 'retired'
    AND ($1 IS NULL OR s.id = $1)
ORDER BY r.name COLLATE "C", s.id COLLATE "C"
