-- SPDX-License-Identifier: Apache-2.0
-- Writes the rows of system_tier that a register file states and the register does not hold.
-- $1::int4 : realm
-- $2::text : what the file states, a JSON array of objects
-- $3::int8 : the import
INSERT INTO system_tier (realm_id,
        system, s, a, determined, as_of, document, from_import)
SELECT $1,
        given.system, given.s, given.a, given.determined, given.as_of, given.document, $3
FROM jsonb_to_recordset($2::jsonb) AS given(
        system text, s smallint, a smallint, determined date, as_of date, document text)
WHERE NOT EXISTS (SELECT FROM system_tier AS held
    WHERE held.realm_id = $1 AND held.until_import IS NULL
      AND held.system = given.system)
