-- SPDX-License-Identifier: Apache-2.0
-- Chooses a subject by name.
-- $1::int4 : realm
-- $2::text : unit
-- $3::text : subject
INSERT INTO pg_temp.identify_chosen (realm_id, unit, system) VALUES ($1, $2, $3)
