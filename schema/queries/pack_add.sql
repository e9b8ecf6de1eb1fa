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
INSERT INTO norm_pack (id, version, sha256, title, authority, effective_from, effective_until,
    supersedes, file)
VALUES ($1, $2, $3, $4, $5, $6::date, nullif($7, '')::date, $8, $9)
