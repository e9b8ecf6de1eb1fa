-- SPDX-License-Identifier: Apache-2.0
-- Systems of a realm that are not retired, with those around them by id.
-- $1::int4 : realm
SELECT s.id, s.name, coalesce(s.parent, ''), coalesce(s.carried_by, ''), s.external
FROM system s
WHERE s.realm_id = $1 AND s.until_import IS NULL AND s.lifecycle <> 'retired'
ORDER BY s.id COLLATE "C"
