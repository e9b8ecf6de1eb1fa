-- SPDX-License-Identifier: Apache-2.0
-- Writes the rows of subnet that a register file states and the register does not hold.
-- $1::int4 : realm
-- $2::text : what the file states, a JSON array of objects
-- $3::int8 : the import
INSERT INTO subnet (realm_id,
        prefix, name, zone, as_of, document, from_import)
SELECT $1,
        given.prefix, given.name, given.zone, given.as_of, given.document, $3
FROM jsonb_to_recordset($2::jsonb) AS given(
        prefix cidr, name text, zone text, as_of date, document text)
WHERE NOT EXISTS (SELECT FROM subnet AS held
    WHERE held.realm_id = $1 AND held.until_import IS NULL
      AND held.prefix = given.prefix)
