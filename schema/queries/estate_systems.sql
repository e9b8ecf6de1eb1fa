-- SPDX-License-Identifier: Apache-2.0
-- Registered systems, with the key business that each carries.
-- $1::text : realm; NULL: all
SELECT s.realm_id, s.id, s.name, coalesce(nullif(s.organisation_name, ''), s.organisation),
    s.sector, CASE WHEN s.is_key THEN coalesce(s.business_name, '') ELSE '' END,
    coalesce(s.tier, 0), coalesce(s.designation, ''),
    coalesce(s.designation_pack || ' ' || s.designation_version, '')
FROM registered_system s
WHERE NOT s.external AND s.lifecycle <> 'retired' AND ($1 IS NULL OR s.realm = $1)
ORDER BY s.realm_id, s.id COLLATE "C"
