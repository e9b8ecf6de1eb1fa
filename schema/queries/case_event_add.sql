-- SPDX-License-Identifier: Apache-2.0
-- The next state of a case.
-- $1::int8 : case
-- $2::text : state
-- $3::text : class, when it is triaged
-- $4::text : the day
-- $5::text : who
-- $6::text : document
-- $7::text : note
-- $8::int8 : the decision that it was identified again by; NULL
-- $9::timestamptz : known from
INSERT INTO case_event (case_id, place, state, class, day, actor, document, note, designation_id, recorded)
SELECT $1, coalesce(max(place), 0) + 1, $2, $3, $4::date, $5, $6, $7, $8, $9
FROM case_event WHERE case_id = $1
