-- SPDX-License-Identifier: Apache-2.0
-- Keeps what the graph answers now.
-- $1::int4 : realm
INSERT INTO norm_graph (realm_id, system, answers)
SELECT $1, system, answers FROM pg_temp.identify_answer
ON CONFLICT (realm_id, system) DO UPDATE SET answers = excluded.answers
