-- SPDX-License-Identifier: Apache-2.0
-- Writes the rows of controlled_unit that a register file states and the register does not hold.
-- $1::int4 : realm
-- $2::text : what the file states, a JSON array of objects
-- $3::int8 : the import
INSERT INTO controlled_unit (realm_id,
        system, id, name, mw, as_of, document, from_import)
SELECT $1,
        given.system, given.id, given.name, given.mw, given.as_of, given.document, $3
FROM jsonb_to_recordset($2::jsonb) AS given(
        system text, id text, name text, mw numeric, as_of date, document text)
WHERE NOT EXISTS (SELECT FROM controlled_unit AS held
    WHERE held.realm_id = $1 AND held.until_import IS NULL
      AND held.system = given.system
      AND held.id = given.id)
