-- SPDX-License-Identifier: Apache-2.0
-- Keeps a proposal.
-- $1::int4 : realm
-- $2::text : system
-- $3::text : pack
-- $4::text : its version
-- $5::text : its SHA-256, hexadecimal
-- $6::text : outcome
-- $7::int4 : score
-- $8::text : facts that are missing for a decision
-- $9::text : the facts it used, canonical XML
-- $10::text : their SHA-256, hexadecimal
-- $11::text : the explanation, canonical XML
INSERT INTO norm_eval (realm_id, system, pack, version, pack_sha256, outcome, score, missing,
    inputs, inputs_sha256, explanation)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING id
