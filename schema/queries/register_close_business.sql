-- SPDX-License-Identifier: Apache-2.0
-- Ends the current rows of business that a register file states otherwise or no longer.
-- $1::int4 : realm
-- $2::text : what the file states, a JSON array of objects
-- $3::text : ids whose statements are given whole, a JSON array
-- $4::bool : the file is complete: what is not in it has ended
-- $5::int8 : the import
UPDATE business SET until_import = $5
WHERE business.realm_id = $1 AND business.until_import IS NULL
  AND ($4 OR business.id IN (SELECT jsonb_array_elements_text($3::jsonb)))
  AND NOT EXISTS (SELECT FROM jsonb_to_recordset($2::jsonb) AS given(
        id text, name text, organisation text, sector text, function text, is_key boolean,
        rto_hours numeric, fallback_hours numeric, as_of date, document text)
      WHERE given.id = business.id
        AND (given.name, given.organisation, given.sector, given.function, given.is_key, given.rto_hours, given.fallback_hours, given.as_of, given.document)
            IS NOT DISTINCT FROM
            (business.name, business.organisation, business.sector, business.function, business.is_key, business.rto_hours, business.fallback_hours, business.as_of, business.document))
