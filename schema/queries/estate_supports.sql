-- SPDX-License-Identifier: Apache-2.0
-- Which system carries which business.
-- $1::text : realm; NULL: all
SELECT u.system, u.business, u.strength
FROM business_support u JOIN realm r USING (realm_id)
WHERE u.until_import IS NULL AND ($1 IS NULL OR r.name = $1)
ORDER BY u.system COLLATE "C", u.business COLLATE "C"
