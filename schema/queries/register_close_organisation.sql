-- SPDX-License-Identifier: Apache-2.0
-- Ends the current rows of organisation that a register file states otherwise or no longer.
-- $1::int4 : realm
-- $2::text : what the file states, a JSON array of objects
-- $3::text : ids whose statements are given whole, a JSON array
-- $4::bool : the file is complete: what is not in it has ended
-- $5::int8 : the import
UPDATE organisation SET until_import = $5
WHERE organisation.realm_id = $1 AND organisation.until_import IS NULL
  AND ($4 OR organisation.id IN (SELECT jsonb_array_elements_text($3::jsonb)))
  AND NOT EXISTS (SELECT FROM jsonb_to_recordset($2::jsonb) AS given(
        id text, name text, sector text, credit_code text, unit_type text, affiliation text,
        division text, parent text, as_of date, document text)
      WHERE given.id = organisation.id
        AND (given.name, given.sector, given.credit_code, given.unit_type, given.affiliation, given.division, given.parent, given.as_of, given.document)
            IS NOT DISTINCT FROM
            (organisation.name, organisation.sector, organisation.credit_code, organisation.unit_type, organisation.affiliation, organisation.division, organisation.parent, organisation.as_of, organisation.document))
