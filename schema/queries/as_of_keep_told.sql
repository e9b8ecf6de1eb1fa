-- SPDX-License-Identifier: Apache-2.0
-- Tells the planner which assets were met.
ANALYZE pg_temp.asset_seen (asset_id)
