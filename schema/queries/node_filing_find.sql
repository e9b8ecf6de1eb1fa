-- SPDX-License-Identifier: Apache-2.0
-- The bundle that not all nodes have filed yet.
SELECT bundle_id, run_id, truncated, assets_new, merges, coalesce(home_facts, -1), splits
FROM node_filing
