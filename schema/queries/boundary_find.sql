-- SPDX-License-Identifier: Apache-2.0
-- Systems whose boundary can be derived: registered, not of others, not retired.
-- $1::text : realm; NULL: any
-- $2::text : system; NULL: all
SELECT s.realm_id, r.name, s.id
FROM system s JOIN realm r USING (realm_id)
WHERE s.until_import IS NULL AND NOT s.external AND s.lifecycle <> 'retired'
    AND ($1 IS NULL OR r.name = $1) AND ($2 IS NULL OR s.id = $2)
ORDER BY r.name COLLATE "C", s.id COLLATE "C"
