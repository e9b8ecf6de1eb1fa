-- SPDX-License-Identifier: Apache-2.0
-- Assets that are not retired, quiet ones too: what is silent may be needed. A guard is a firewall, by
-- discovery or as attested.
-- $1::int4 : realm
SELECT a.asset_id, a.name, a.role, coalesce(m.system, ''),
    a.role = 'firewall' OR g.asset_id IS NOT NULL
FROM asset a
LEFT JOIN asset_member m USING (asset_id)
LEFT JOIN (
    SELECT DISTINCT asset_id FROM asset_attested
    WHERE realm_id = $1 AND attribute = 'role' AND value IN ('firewall', 'data-diode')) AS g
    USING (asset_id)
WHERE a.realm_id = $1 AND a.merged_into IS NULL AND a.state <> 'retired'
ORDER BY a.asset_id
