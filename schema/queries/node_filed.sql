-- SPDX-License-Identifier: Apache-2.0
-- Whether this node has filed its part of a run, and what it counted.
-- $1::text : bundle
-- $2::int8 : run
SELECT facts_written, services_new, services_changed, services_gone, assets_seen, assets_quiet
FROM node_ledger WHERE bundle_id = $1 AND run_id = $2
