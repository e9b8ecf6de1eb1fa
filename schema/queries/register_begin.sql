-- SPDX-License-Identifier: Apache-2.0
-- Opens an import.
-- $1::int4 : realm
-- $2::text : file
-- $3::text : its SHA-256, hexadecimal
-- $4::text : the paper behind the whole of it
-- $5::bool : the file is complete
INSERT INTO register_import (realm_id, file, sha256, document, complete)
VALUES ($1, $2, $3, $4, $5) RETURNING id
