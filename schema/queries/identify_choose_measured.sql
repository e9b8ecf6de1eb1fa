-- SPDX-License-Identifier: Apache-2.0
-- Chooses what has, or had, assets.
-- $1::int4 : realm
-- $2::text : unit
INSERT INTO pg_temp.identify_chosen (realm_id, unit, system)
SELECT realm_id, unit, system FROM norm_standing
WHERE realm_id = $1 AND unit = $2 AND measured
UNION SELECT $1, $2, system FROM asset_member WHERE $2 = 'system' AND realm_id = $1
UNION SELECT $1, $2, id FROM zone WHERE $2 = 'zone' AND realm_id = $1 AND until_import IS NULL
UNION SELECT $1, $2, prefix::text FROM subnet
WHERE $2 = 'subnet' AND realm_id = $1 AND until_import IS NULL
ON CONFLICT DO NOTHING
