-- SPDX-License-Identifier: Apache-2.0
-- Writes the rows of organisation that a register file states and the register does not hold.
-- $1::int4 : realm
-- $2::text : what the file states, a JSON array of objects
-- $3::int8 : the import
INSERT INTO organisation (realm_id,
        id, name, sector, credit_code, unit_type, affiliation, division, parent, as_of,
        document, from_import)
SELECT $1,
        given.id, given.name, given.sector, given.credit_code, given.unit_type,
        given.affiliation, given.division, given.parent, given.as_of, given.document, $3
FROM jsonb_to_recordset($2::jsonb) AS given(
        id text, name text, sector text, credit_code text, unit_type text, affiliation text,
        division text, parent text, as_of date, document text)
WHERE NOT EXISTS (SELECT FROM organisation AS held
    WHERE held.realm_id = $1 AND held.until_import IS NULL
      AND held.id = given.id)
