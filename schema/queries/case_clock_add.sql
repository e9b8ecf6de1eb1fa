-- SPDX-License-Identifier: Apache-2.0
-- A clock of a case.
-- $1::int8 : case
-- $2::text : event it counts from
-- $3::text : what is to be done
-- $4::int4 : months
-- $5::int4 : days
-- $6::text : basis
INSERT INTO case_clock (case_id, event, action, months, days, basis) VALUES ($1, $2, $3, $4, $5, $6)
