-- SPDX-License-Identifier: Apache-2.0
-- Ends the current rows of business_support that a register file states otherwise or no longer.
-- $1::int4 : realm
-- $2::text : what the file states, a JSON array of objects
-- $3::text : ids whose statements are given whole, a JSON array
-- $4::bool : the file is complete: what is not in it has ended
-- $5::int8 : the import
UPDATE business_support SET until_import = $5
WHERE business_support.realm_id = $1 AND business_support.until_import IS NULL
  AND ($4 OR business_support.system IN (SELECT jsonb_array_elements_text($3::jsonb)))
  AND NOT EXISTS (SELECT FROM jsonb_to_recordset($2::jsonb) AS given(
        system text, business text, strength text, as_of date, document text)
      WHERE given.system = business_support.system AND given.business = business_support.business
        AND (given.strength, given.as_of, given.document)
            IS NOT DISTINCT FROM
            (business_support.strength, business_support.as_of, business_support.document))
