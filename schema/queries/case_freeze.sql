-- SPDX-License-Identifier: Apache-2.0
-- Keeps one thing of how a system stood when it was decided on.
-- Kept: for each of them
-- $1::int8 : the decision
-- $2::int4 : place
-- $3::text : trigger
-- $4::text : subject
-- $5::text : how
-- $6::text : value
-- $7::int4 : rank
-- $8::text : evidence
-- $9::int4 : lost
INSERT INTO case_baseline (designation_id, place, trigger, subject, how, value, rank, evidence, lost)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
