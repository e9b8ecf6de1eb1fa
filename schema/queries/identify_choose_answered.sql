-- SPDX-License-Identifier: Apache-2.0
-- Chooses the systems about which the graph answers otherwise.
-- $1::int4 : realm
INSERT INTO pg_temp.identify_chosen (realm_id, unit, system)
SELECT $1, 'system', system FROM pg_temp.identify_answer
ON CONFLICT DO NOTHING
