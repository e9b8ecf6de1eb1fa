-- SPDX-License-Identifier: Apache-2.0
-- Drafts a notice.
-- $1::text : direction: outgoing, incoming
-- $2::text : kind
-- $3::int4 : realm
-- $4::text : system, or empty
-- $5::int8 : the decision that it tells of; NULL: none
-- $6::int8 : the case that it belongs to; NULL: none
-- $7::text : from, id in the register or empty
-- $8::text : from, name
-- $9::text : to, id in the register or empty
-- $10::text : to, name
-- $11::text : basis
-- $12::text : subject, Chinese
-- $13::text : subject, English
-- $14::text : text, Chinese
-- $15::text : text, English
-- $16::text : day of what it tells of
-- $17::int4 : days within which it should be sent
-- $18::int4 : days within which it should be acknowledged
-- $19::timestamptz : now
INSERT INTO notice (id, direction, kind, state, realm_id, system, designation_id, case_id, from_org,
    from_name, to_org, to_name, basis, subject_zh, subject_en, text_zh, text_en, made, send_due,
    ack_days, recorded)
VALUES (nextval('notice_id'), $1, $2, 'draft', $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14,
    $15, $16::date, $16::date + $17, $18, $19)
RETURNING id
