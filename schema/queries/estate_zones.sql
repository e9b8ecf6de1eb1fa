-- SPDX-License-Identifier: Apache-2.0
-- Zones of the register; the one above by its id.
-- $1::text : realm; NULL: all
SELECT z.id, z.name, coalesce(z.parent, ''), z.purdue_level, z.protects, coalesce(z.sl_t, 0)
FROM zone z JOIN realm r USING (realm_id)
WHERE z.until_import IS NULL AND ($1 IS NULL OR r.name = $1)
ORDER BY z.id COLLATE "C"
