-- SPDX-License-Identifier: Apache-2.0
-- Opens a case; gives its number.
-- $1::int4 : realm
-- $2::text : system
-- $3::text : re-identification, supervision, correction
-- $4::int8 : the decision it starts from; NULL: none
-- $5::text : pack
-- $6::text : its version
-- $7::text : the day
-- $8::text : who opens it
-- $9::text : a day set for it by hand; NULL: none
-- $10::text : basis
-- $11::text : note
-- $12::timestamptz : known from
INSERT INTO review_case (realm_id, system, kind, designation_id, pack, version, opened, opened_by, due,
    basis, note, recorded)
VALUES ($1, $2, $3, $4, $5, $6, $7::date, $8, $9::date, $10, $11, $12)
RETURNING id
