-- SPDX-License-Identifier: Apache-2.0
-- Records a decision on a system; gives its id, and whether a maximum boundary of the system is known, which
-- later ones can be compared with.
-- $1::int4 : realm
-- $2::text : system
-- $3::text : outcome: cii, not, withdrawn
-- $4::text : number on the list, or empty
-- $5::int8 : the proposal
-- $6::text : the organisation that decides
-- $7::text : official
-- $8::text : number of the decision
-- $9::text : day of the decision, YYYY-MM-DD
-- $10::text : why the list changes: initial, change, norm change, override, correction, withdrawal
-- $11::text : the reason in words
-- $12::text : evidence
-- $13::int8 : the decided boundary; NULL: none
-- $14::timestamptz : valid from
-- $15::timestamptz : known from
SELECT designation_decide($1, $2, $3, $4, $5, $6, $7, $8, $9::date, $10, $11, $12, $13, $14, $15),
    EXISTS (SELECT FROM boundary WHERE realm_id = $1 AND system = $2 AND kind = 'maximum')
