-- SPDX-License-Identifier: Apache-2.0
-- The newest proposal of a pack about a system.
-- $1::int4 : realm
-- $2::text : system
-- $3::text : pack
SELECT id, version, pack_sha256, inputs_sha256 FROM norm_eval
WHERE realm_id = $1 AND system = $2 AND pack = $3 ORDER BY id DESC LIMIT 1
