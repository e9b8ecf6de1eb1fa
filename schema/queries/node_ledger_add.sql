-- SPDX-License-Identifier: Apache-2.0
-- Notes that this node has filed its part, in the transaction that files it.
-- $1::text : bundle
-- $2::int8 : run
-- $3::int8 : facts written
-- $4::int8 : services new
-- $5::int8 : changed
-- $6::int8 : gone
-- $7::int8 : assets met
-- $8::int8 : gone quiet
INSERT INTO node_ledger (bundle_id, run_id, facts_written, services_new, services_changed,
    services_gone, assets_seen, assets_quiet)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
