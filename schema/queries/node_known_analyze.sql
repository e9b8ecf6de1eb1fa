-- SPDX-License-Identifier: Apache-2.0
-- Tells the planner about them.
ANALYZE pg_temp.address, pg_temp.identity_key
