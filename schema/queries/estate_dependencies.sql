-- SPDX-License-Identifier: Apache-2.0
-- Which system cannot do its work without which other.
-- $1::text : realm; NULL: all
SELECT d.from_system, d.on_system, d.strength
FROM dependency d JOIN realm r USING (realm_id)
WHERE d.until_import IS NULL AND ($1 IS NULL OR r.name = $1)
ORDER BY d.from_system COLLATE "C", d.on_system COLLATE "C"
