-- SPDX-License-Identifier: Apache-2.0
-- Registers the asset that a split makes.
-- $1::int8 : its number
-- $2::int8 : the asset that it was part of
-- $3::int8 : run of the decision
INSERT INTO asset (asset_id, realm_id, name, seen_from, first_run, last_run)
SELECT $1, realm_id, name, seen_from, $3, $3
FROM asset
WHERE asset_id = $2
