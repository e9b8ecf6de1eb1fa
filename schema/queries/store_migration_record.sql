-- SPDX-License-Identifier: Apache-2.0
-- Notes that a migration was applied.
-- $1::int4 : its number
-- $2::text : its name
-- $3::text : SHA-256 of its text, hexadecimal
INSERT INTO cadastre.migration (number, name, sha256) VALUES ($1, $2, $3)
