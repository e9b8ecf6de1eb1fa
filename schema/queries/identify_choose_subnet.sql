-- SPDX-License-Identifier: Apache-2.0
-- Chooses the subnets whose dossier may differ by what the register says since.
-- $1::int4 : realm
-- $2::int8 : imports after this one
-- $3::timestamptz : and what is valid, or not, since
INSERT INTO pg_temp.identify_chosen (realm_id, unit, system)
SELECT $1, 'subnet', value FROM register_changed($1, $2, $3, 'prefix') WHERE relation = 'subnet'
ON CONFLICT DO NOTHING
