-- SPDX-License-Identifier: Apache-2.0
-- Tells the planner about what was fetched.
ANALYZE pg_temp.address, pg_temp.identity_key, pg_temp.key_sighting, pg_temp.asset, pg_temp.fact
