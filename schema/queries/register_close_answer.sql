-- SPDX-License-Identifier: Apache-2.0
-- Ends the current rows of answer that a register file states otherwise or no longer.
-- $1::int4 : realm
-- $2::text : what the file states, a JSON array of objects
-- $3::text : ids whose statements are given whole, a JSON array
-- $4::bool : the file is complete: what is not in it has ended
-- $5::int8 : the import
UPDATE answer SET until_import = $5
WHERE answer.realm_id = $1 AND answer.until_import IS NULL
  AND ($4 OR answer.system IN (SELECT jsonb_array_elements_text($3::jsonb)))
  AND NOT EXISTS (SELECT FROM jsonb_to_recordset($2::jsonb) AS given(
        system text, pack text, criterion text, met boolean, official text, as_of date,
        document text)
      WHERE given.system = answer.system AND given.pack = answer.pack AND given.criterion = answer.criterion
        AND (given.met, given.official, given.as_of, given.document)
            IS NOT DISTINCT FROM
            (answer.met, answer.official, answer.as_of, answer.document))
