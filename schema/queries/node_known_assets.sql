-- SPDX-License-Identifier: Apache-2.0
-- What the decision asks of assets, in the same way: of those that are retired or merged, and of those of
-- which somebody decided something. Others are as any other.
-- $1::int4 : realm
CREATE TEMPORARY TABLE asset ON COMMIT DROP AS
WITH other AS MATERIALIZED (
    SELECT asset_id, realm_id, state, merged_into
    FROM cadastre_all.asset
    WHERE realm_id = $1 AND (state = 'retired' OR merged_into IS NOT NULL)
), named (asset_id) AS (
    SELECT asset_id FROM cadastre.asset_decision WHERE realm_id = $1
    UNION SELECT other_asset_id FROM cadastre.asset_decision WHERE realm_id = $1
)
SELECT * FROM other
UNION ALL
SELECT asset_id, $1, 'seen', NULL
FROM named
WHERE asset_id IS NOT NULL
  AND NOT EXISTS (SELECT FROM other WHERE other.asset_id = named.asset_id)
