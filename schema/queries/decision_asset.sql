-- SPDX-License-Identifier: Apache-2.0
-- An asset as a decision finds it.
-- $1::int8 : asset
SELECT a.asset_id, a.realm_id, r.name, a.name, a.state, a.merged_into, a.merge_run,
       a.merge_reason
FROM asset a
JOIN realm r USING (realm_id)
WHERE a.asset_id = $1
