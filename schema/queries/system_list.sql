-- SPDX-License-Identifier: Apache-2.0
-- Registered systems, without those of others that are named for their dependencies only.
-- $1::text : only this id; NULL: all
SELECT s.id, s.name, coalesce(nullif(s.organisation_name, ''), s.organisation), s.sector, s.kind,
    coalesce(s.business_name, ''), coalesce(s.strength, ''), coalesce(s.tier, 0),
    coalesce(n.assets, 0), coalesce(s.designation, '')
FROM registered_system s
LEFT JOIN (SELECT m.realm_id, m.system, count(*) AS assets
    FROM asset_system m JOIN asset a USING (asset_id)
    WHERE a.merged_into IS NULL AND a.state <> 'retired' GROUP BY 1, 2) AS n
    ON n.realm_id = s.realm_id AND n.system = s.id
WHERE ($1 IS NULL AND NOT s.external) OR s.id = $1
ORDER BY s.realm, s.id
