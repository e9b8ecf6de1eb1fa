-- SPDX-License-Identifier: Apache-2.0
-- Chooses what time alone may have changed.
-- $1::int4 : realm
-- $2::text : unit
-- $3::int4 : today, days since 1970-01-01
INSERT INTO pg_temp.identify_chosen (realm_id, unit, system)
SELECT DISTINCT realm_id, unit, system FROM norm_standing
WHERE realm_id = $1 AND unit = $2 AND until_day <= $3 AND NOT silent
ON CONFLICT DO NOTHING
