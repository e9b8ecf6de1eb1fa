-- SPDX-License-Identifier: Apache-2.0
-- The newest run of a realm by its own time.
-- $1::int4 : realm
SELECT coalesce((SELECT run_id FROM run WHERE realm_id = $1 ORDER BY ended DESC, run_id DESC LIMIT 1), 0)
