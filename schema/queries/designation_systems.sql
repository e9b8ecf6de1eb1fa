-- SPDX-License-Identifier: Apache-2.0
-- The systems of that id, one for each realm that has it.
-- $1::text : id
SELECT s.realm_id, r.name, s.name FROM system s JOIN realm r USING (realm_id)
WHERE s.id = $1 AND s.until_import IS NULL AND NOT s.external ORDER BY r.name
