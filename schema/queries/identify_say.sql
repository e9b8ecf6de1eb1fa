-- SPDX-License-Identifier: Apache-2.0
-- Takes one row into staging that is too large to be copied.
-- $1::int4 : realm
-- $2::text : unit
-- $3::text : subject
-- $4::text : pack
-- $5::int8 : number
-- $6::text : version of the pack
-- $7::text : its SHA-256, hexadecimal
-- $8::text : outcome
-- $9::int4 : score
-- $10::text : facts that are missing for a decision
-- $11::text : verdicts
-- $12::text : values of matrices
-- $13::text : what falls due
-- $14::text : the facts it used, canonical XML
-- $15::text : their SHA-256, hexadecimal
-- $16::text : that of the explanation
-- $17::bytea : what it rests on
-- $18::bool : notable
-- $19::bool : measured
-- $20::int4 : until that day, or NULL
INSERT INTO pg_temp.identify_said (realm_id, unit, system, pack, eval_id, version, pack_sha256,
    outcome, score, missing, verdicts, degrees, dues, inputs, inputs_sha256, explanation_sha256, basis,
    notable, silent, measured, until_day)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, false,
    $19, $20)
