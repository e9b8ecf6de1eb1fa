-- SPDX-License-Identifier: Apache-2.0
-- What firewalls are linked to.
-- $1::int4 : realm
WITH guard AS (
    SELECT asset_id FROM asset
    WHERE realm_id = $1 AND role = 'firewall' AND merged_into IS NULL AND state <> 'retired'
    UNION
    SELECT asset_id FROM asset_attested
    WHERE realm_id = $1 AND attribute = 'role' AND value IN ('firewall', 'data-diode')
)
SELECT g.asset_id AS guard, l.peer_asset_id AS other
FROM guard g JOIN link l ON l.asset_id = g.asset_id
WHERE l.until_run IS NULL AND l.layer IN ('l2', 'l3') AND l.peer_asset_id <> 0
UNION
SELECT g.asset_id, l.asset_id
FROM guard g JOIN link l ON l.peer_asset_id = g.asset_id
WHERE l.until_run IS NULL AND l.layer IN ('l2', 'l3')
ORDER BY guard, other
