-- SPDX-License-Identifier: Apache-2.0
-- Closes the row of a run with its counts.
-- $1::int8 : run
-- $2::int8 : taken
-- $3::int8 : refused, out of scope
-- $4::int8 : refused, invalid
-- $5::int8 : new assets
-- $6::int8 : assets met
-- $7::int8 : assets gone quiet
-- $8::int8 : new services
-- $9::int8 : changed services
-- $10::int8 : services gone
-- $11::int8 : fact rows added or closed
UPDATE run
SET taken = $2, refused_scope = $3, refused_invalid = $4, assets_new = $5, assets_seen = $6,
    assets_quiet = $7, services_new = $8, services_changed = $9, services_gone = $10,
    facts_written = $11
WHERE run_id = $1
