-- SPDX-License-Identifier: Apache-2.0
-- Freezes a state under a name; nothing if the name is taken.
-- $1::text : name
-- $2::text : realm; NULL: every one
-- $3::text : filter
-- $4::timestamptz : valid time
-- $5::timestamptz : known time
-- $6::int8 : newest run known
-- $7::int8 : newest import known
-- $8::int8 : assets
-- $9::int8 : facts
-- $10::text : SHA-256
-- $11::text : author
-- $12::text : reason
INSERT INTO baseline (name, realm_id, filter, as_of, known_at, known_run, known_import, assets,
    facts, sha256, author, reason)
VALUES ($1, (SELECT realm_id FROM realm WHERE realm.name = $2), $3, $4, $5, $6, $7, $8, $9, $10,
    $11, $12)
ON CONFLICT (name) DO NOTHING
