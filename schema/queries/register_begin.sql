-- SPDX-License-Identifier: Apache-2.0
-- Opens an import. It is known from now on, not from when its transaction began to wait for its turn.
-- $1::int4 : realm
-- $2::text : file
-- $3::text : its SHA-256, hexadecimal
-- $4::text : the paper behind the whole of it
-- $5::bool : the file is complete
INSERT INTO register_import (realm_id, file, sha256, document, complete, imported)
VALUES ($1, $2, $3, $4, $5, clock_timestamp()) RETURNING id
