-- SPDX-License-Identifier: Apache-2.0
-- Writes the rows of business that a register file states and the register does not hold.
-- $1::int4 : realm
-- $2::text : what the file states, a JSON array of objects
-- $3::int8 : the import
INSERT INTO business (realm_id,
        id, name, organisation, sector, function, is_key, rto_hours, fallback_hours, as_of,
        document, from_import)
SELECT $1,
        given.id, given.name, given.organisation, given.sector, given.function,
        given.is_key, given.rto_hours, given.fallback_hours, given.as_of, given.document, $3
FROM jsonb_to_recordset($2::jsonb) AS given(
        id text, name text, organisation text, sector text, function text, is_key boolean,
        rto_hours numeric, fallback_hours numeric, as_of date, document text)
WHERE NOT EXISTS (SELECT FROM business AS held
    WHERE held.realm_id = $1 AND held.until_import IS NULL
      AND held.id = given.id)
