-- SPDX-License-Identifier: Apache-2.0
-- What is chosen.
-- $1::int4 : realm
-- $2::text : unit
SELECT system FROM pg_temp.identify_chosen WHERE realm_id = $1 AND unit = $2 ORDER BY system
