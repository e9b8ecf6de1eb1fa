-- SPDX-License-Identifier: Apache-2.0
-- Whose the assets are whose addresses, names, MAC addresses (also those of stations without an address)
-- or serial numbers the run changed, that it merged, or that forward, where that changed. Few are judged
-- one by one, many all at once.
-- $1::int8 : batch
-- $2::int8 : run
WITH touched AS MATERIALIZED (
    SELECT asset_id FROM address WHERE from_run = $2
    UNION SELECT asset_id FROM address WHERE until_run = $2
    UNION SELECT asset_id FROM name WHERE from_run = $2
    UNION SELECT asset_id FROM name WHERE until_run = $2
    UNION SELECT asset_id FROM identity_key
        WHERE from_run = $2 AND type IN ('mac', 'serial', 'station')
    UNION SELECT asset_id FROM identity_key
        WHERE until_run = $2 AND type IN ('mac', 'serial', 'station')
    UNION SELECT asset_id FROM asset WHERE merge_run = $2
    UNION SELECT merged_into FROM asset WHERE merge_run = $2 AND merged_into IS NOT NULL
    UNION SELECT a.asset_id FROM stage_touched t JOIN asset a USING (asset_id)
        WHERE t.batch = $1 AND a.role IN ('router', 'switch', 'firewall', 'access-point')
), much AS MATERIALIZED (
    SELECT count(*) > 20000 AS so FROM touched
), now AS MATERIALIZED (
    SELECT t.asset_id, m.realm_id, m.system
    FROM touched t
    CROSS JOIN LATERAL (
        SELECT realm_id, system FROM asset_system WHERE asset_id = t.asset_id
        OFFSET 0) AS m
    WHERE NOT (SELECT so FROM much)
        AND EXISTS (SELECT FROM system_rule WHERE until_import IS NULL)
    UNION ALL
    SELECT m.asset_id, m.realm_id, m.system
    FROM asset_system m JOIN touched USING (asset_id)
    WHERE (SELECT so FROM much)
        AND EXISTS (SELECT FROM system_rule WHERE until_import IS NULL)
), gone AS (
    DELETE FROM asset_member o
    USING touched t
    WHERE o.asset_id = t.asset_id
      AND NOT EXISTS (SELECT FROM now WHERE now.asset_id = o.asset_id)
)
INSERT INTO asset_member AS o (asset_id, realm_id, system)
SELECT asset_id, realm_id, system FROM now ORDER BY asset_id
ON CONFLICT (asset_id) DO UPDATE SET system = excluded.system
WHERE o.system <> excluded.system
