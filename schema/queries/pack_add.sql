-- SPDX-License-Identifier: Apache-2.0
-- Installs a version of a norm pack.
-- $1::text : pack
-- $2::text : version
-- $3::text : SHA-256 of the file, hexadecimal
-- $4::text : title
-- $5::text : authority
-- $6::text : effective from, YYYY-MM-DD
-- $7::text : effective until, or empty
-- $8::text : the pack that it supersedes, or empty
-- $9::bytea : the file
-- $10::text : what it judges
-- $11::text : who signed it, or empty
-- $12::timestamptz : when, or NULL
-- $13::text : why it is not signed, or empty
-- $14::bool : whether its outcome can be cii
-- $15::text : the rule of its boundaries
-- $16::text : what that rests on
INSERT INTO norm_pack (id, version, sha256, title, authority, effective_from, effective_until,
    supersedes, file, unit, signed_by, signed, unsigned_reason, designates, boundary,
    boundary_basis)
VALUES ($1, $2, $3, $4, $5, $6::date, nullif($7, '')::date, $8, $9, $10, $11, $12, $13, $14, $15, $16)
