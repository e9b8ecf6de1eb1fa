-- SPDX-License-Identifier: Apache-2.0
-- Organisations of the register.
-- $1::text : realm; NULL: all
SELECT o.id, o.name, o.sector, o.division
FROM organisation o JOIN realm r USING (realm_id)
WHERE o.until_import IS NULL AND ($1 IS NULL OR r.name = $1)
ORDER BY o.id COLLATE "C"
