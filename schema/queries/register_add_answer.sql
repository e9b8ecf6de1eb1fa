-- SPDX-License-Identifier: Apache-2.0
-- Writes the rows of answer that a register file states and the register does not hold.
-- $1::int4 : realm
-- $2::text : what the file states, a JSON array of objects
-- $3::int8 : the import
INSERT INTO answer (realm_id,
        system, pack, criterion, met, official, as_of, document, from_import)
SELECT $1,
        given.system, given.pack, given.criterion, given.met, given.official, given.as_of,
        given.document, $3
FROM jsonb_to_recordset($2::jsonb) AS given(
        system text, pack text, criterion text, met boolean, official text, as_of date,
        document text)
WHERE NOT EXISTS (SELECT FROM answer AS held
    WHERE held.realm_id = $1 AND held.until_import IS NULL
      AND held.system = given.system
      AND held.pack = given.pack
      AND held.criterion = given.criterion)
