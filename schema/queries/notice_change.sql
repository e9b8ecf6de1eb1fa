-- SPDX-License-Identifier: Apache-2.0
-- A notice was sent, or acknowledged: a version of its own; the one before is kept.
-- $1::int8 : notice
-- $2::text : state: sent, acknowledged
-- $3::text : number; NULL: as it is
-- $4::text : day on which it was sent; NULL: as it is
-- $5::text : day on which it was acknowledged; NULL: it is not
-- $6::text : by whom
-- $7::text : response
-- $8::timestamptz : now
WITH old AS (
    UPDATE notice SET superseded = $8 WHERE id = $1 AND superseded IS NULL RETURNING *)
INSERT INTO notice (id, kind, state, realm_id, system, designation_id, case_id, from_org,
    from_name, to_org, to_name, basis, subject_zh, subject_en, text_zh, text_en, made, send_due,
    ack_days, number, issued, ack_due, acknowledged, acknowledged_by, response, recorded)
SELECT id, kind, $2, realm_id, system, designation_id, case_id, from_org, from_name,
    to_org, to_name, basis, subject_zh, subject_en, text_zh, text_en, made, send_due, ack_days,
    coalesce($3, number), coalesce($4::date, issued), coalesce($4::date, issued) + ack_days,
    $5::date, $6, $7, $8
FROM old RETURNING ack_due::text
