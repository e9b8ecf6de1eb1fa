-- SPDX-License-Identifier: Apache-2.0
-- What is otherwise.
-- $1::int8 : case
SELECT trigger, class, subject, before, after, evidence, (extract(epoch FROM recorded) * 1000000)::int8
FROM case_trigger WHERE case_id = $1 ORDER BY place
