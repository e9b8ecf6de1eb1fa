-- SPDX-License-Identifier: Apache-2.0
-- Keeps what the producer counted.
-- $1::int8 : run
-- $2::text : name
-- $3::int8 : value
INSERT INTO run_counter (run_id, name, value) VALUES ($1, $2, $3)
ON CONFLICT (run_id, name) DO UPDATE SET value = excluded.value
