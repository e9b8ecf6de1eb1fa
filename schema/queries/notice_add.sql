-- SPDX-License-Identifier: Apache-2.0
-- Drafts a notice.
-- $1::text : kind
-- $2::int4 : realm
-- $3::text : system, or empty
-- $4::int8 : the decision that it tells of; NULL: none
-- $5::int8 : the case that it belongs to; NULL: none
-- $6::text : from, id in the register or empty
-- $7::text : from, name
-- $8::text : to, id in the register or empty
-- $9::text : to, name
-- $10::text : basis
-- $11::text : subject, Chinese
-- $12::text : subject, English
-- $13::text : text, Chinese
-- $14::text : text, English
-- $15::text : day of what it tells of
-- $16::int4 : days within which it should be sent
-- $17::int4 : days within which it should be acknowledged
-- $18::timestamptz : now
INSERT INTO notice (id, kind, state, realm_id, system, designation_id, case_id, from_org,
    from_name, to_org, to_name, basis, subject_zh, subject_en, text_zh, text_en, made, send_due,
    ack_days, recorded)
VALUES (nextval('notice_id'), $1, 'draft', $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14,
    $15::date, $15::date + $16, $17, $18)
RETURNING id
