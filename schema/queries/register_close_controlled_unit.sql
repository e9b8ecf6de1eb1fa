-- SPDX-License-Identifier: Apache-2.0
-- Ends the current rows of controlled_unit that a register file states otherwise or no longer.
-- $1::int4 : realm
-- $2::text : what the file states, a JSON array of objects
-- $3::text : ids whose statements are given whole, a JSON array
-- $4::bool : the file is complete: what is not in it has ended
-- $5::int8 : the import
UPDATE controlled_unit SET until_import = $5
WHERE controlled_unit.realm_id = $1 AND controlled_unit.until_import IS NULL
  AND ($4 OR controlled_unit.system IN (SELECT jsonb_array_elements_text($3::jsonb)))
  AND NOT EXISTS (SELECT FROM jsonb_to_recordset($2::jsonb) AS given(
        system text, id text, name text, mw numeric, as_of date, document text)
      WHERE given.system = controlled_unit.system AND given.id = controlled_unit.id
        AND (given.name, given.mw, given.as_of, given.document)
            IS NOT DISTINCT FROM
            (controlled_unit.name, controlled_unit.mw, controlled_unit.as_of, controlled_unit.document))
