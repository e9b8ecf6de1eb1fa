-- SPDX-License-Identifier: Apache-2.0
-- Who has a role in a realm on a day.
-- $1::int4 : realm
-- $2::text : role
-- $3::text : day, YYYY-MM-DD
SELECT DISTINCT o.id, o.name
FROM org_role r JOIN organisation o ON o.realm_id = r.realm_id AND o.id = r.organisation
    AND o.until_import IS NULL
WHERE r.realm_id = $1 AND r.code = $2 AND r.until_import IS NULL AND r.valid_from <= $3::date
    AND (r.valid_until IS NULL OR r.valid_until >= $3::date)
ORDER BY o.id
