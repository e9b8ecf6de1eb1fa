-- SPDX-License-Identifier: Apache-2.0
-- Assets that are there: not merged into others, not quiet, not retired.
-- $1::text : realm; NULL: all
SELECT a.asset_id, a.name, a.role, a.vendor, a.model, a.os, a.realm_id, coalesce(m.system, '')
FROM asset a
JOIN realm r USING (realm_id)
LEFT JOIN asset_system m ON m.asset_id = a.asset_id
WHERE a.merged_into IS NULL AND a.state = 'seen' AND ($1 IS NULL OR r.name = $1)
ORDER BY a.asset_id
