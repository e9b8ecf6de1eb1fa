-- SPDX-License-Identifier: Apache-2.0
-- Tells the planner how many services differ.
ANALYZE service_told (asset_id, address, was, differs)
