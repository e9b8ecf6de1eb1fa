-- SPDX-License-Identifier: Apache-2.0
-- Whose the assets of a realm are, where that changed.
-- $1::int4 : realm
WITH now AS MATERIALIZED (
    SELECT asset_id, realm_id, system FROM asset_system WHERE realm_id = $1
), gone AS (
    DELETE FROM asset_member o
    WHERE o.realm_id = $1 AND NOT EXISTS (SELECT FROM now WHERE now.asset_id = o.asset_id)
)
INSERT INTO asset_member AS o (asset_id, realm_id, system)
SELECT asset_id, realm_id, system FROM now ORDER BY asset_id
ON CONFLICT (asset_id) DO UPDATE SET system = excluded.system
WHERE o.system <> excluded.system
