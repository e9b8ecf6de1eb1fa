-- SPDX-License-Identifier: Apache-2.0
-- Whose the assets are that the run touched, where that changed.
-- $1::int8 : batch
WITH touched AS (
    SELECT DISTINCT asset_id FROM stage_touched WHERE batch = $1
), now AS MATERIALIZED (
    SELECT t.asset_id, m.realm_id, m.system
    FROM touched t
    CROSS JOIN LATERAL (
        SELECT realm_id, system FROM asset_system WHERE asset_id = t.asset_id) AS m
    WHERE EXISTS (SELECT FROM system_rule WHERE until_import IS NULL)
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
