-- SPDX-License-Identifier: Apache-2.0
-- Registers the assets that nobody knew.
-- $1::int8 : batch
-- $2::int8 : run
-- $3::int4 : realm
INSERT INTO asset (asset_id, realm_id, name, first_run, last_run)
SELECT asset_id, $3, host(min(address)), $2, $2
FROM stage_identity
WHERE batch = $1 AND is_new
GROUP BY asset_id
