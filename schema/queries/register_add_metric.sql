-- SPDX-License-Identifier: Apache-2.0
-- Writes the rows of metric that a register file states and the register does not hold.
-- $1::int4 : realm
-- $2::text : what the file states, a JSON array of objects
-- $3::int8 : the import
INSERT INTO metric (realm_id,
        system, name, unit, value, as_of, document, from_import)
SELECT $1,
        given.system, given.name, given.unit, given.value, given.as_of, given.document, $3
FROM jsonb_to_recordset($2::jsonb) AS given(
        system text, name text, unit text, value numeric, as_of date, document text)
WHERE NOT EXISTS (SELECT FROM metric AS held
    WHERE held.realm_id = $1 AND held.until_import IS NULL
      AND held.system = given.system
      AND held.name = given.name
      AND held.unit = given.unit)
