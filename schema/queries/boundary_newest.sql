-- SPDX-License-Identifier: Apache-2.0
-- The newest version of a boundary.
-- $1::int4 : realm
-- $2::text : system
-- $3::text : kind
SELECT id, version, sha256, (extract(epoch FROM valid_from) * 1000000)::int8, rule, basis, run_id
FROM boundary
WHERE realm_id = $1 AND system = $2 AND kind = $3 ORDER BY version DESC LIMIT 1
