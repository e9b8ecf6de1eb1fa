-- SPDX-License-Identifier: Apache-2.0
-- Writes the rows of dependency that a register file states and the register does not hold.
-- $1::int4 : realm
-- $2::text : what the file states, a JSON array of objects
-- $3::int8 : the import
INSERT INTO dependency (realm_id,
        from_system, on_system, strength, as_of, document, from_import)
SELECT $1,
        given.from_system, given.on_system, given.strength, given.as_of, given.document, $3
FROM jsonb_to_recordset($2::jsonb) AS given(
        from_system text, on_system text, strength text, as_of date, document text)
WHERE NOT EXISTS (SELECT FROM dependency AS held
    WHERE held.realm_id = $1 AND held.until_import IS NULL
      AND held.from_system = given.from_system
      AND held.on_system = given.on_system)
