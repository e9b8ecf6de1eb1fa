-- SPDX-License-Identifier: Apache-2.0
-- What is otherwise, added to a case; no row if the same is there.
-- $1::int8 : case
-- $2::text : trigger
-- $3::text : class
-- $4::text : what it is about
-- $5::text : before
-- $6::text : after
-- $7::text : evidence
-- $8::int8 : the decision with which it was compared
-- $9::timestamptz : known from
INSERT INTO case_trigger (case_id, place, trigger, class, subject, before, after, evidence,
    designation_id, recorded)
SELECT $1, coalesce(max(place), 0) + 1, $2, $3, $4, $5, $6, $7, $8, $9
FROM case_trigger WHERE case_id = $1
ON CONFLICT (case_id, designation_id, trigger, subject, after) DO NOTHING RETURNING place
