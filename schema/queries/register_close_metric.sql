-- SPDX-License-Identifier: Apache-2.0
-- Ends the current rows of metric that a register file states otherwise or no longer.
-- $1::int4 : realm
-- $2::text : what the file states, a JSON array of objects
-- $3::text : ids whose statements are given whole, a JSON array
-- $4::bool : the file is complete: what is not in it has ended
-- $5::int8 : the import
UPDATE metric SET until_import = $5
WHERE metric.realm_id = $1 AND metric.until_import IS NULL
  AND ($4 OR metric.system IN (SELECT jsonb_array_elements_text($3::jsonb)))
  AND NOT EXISTS (SELECT FROM jsonb_to_recordset($2::jsonb) AS given(
        system text, name text, unit text, value numeric, as_of date, document text)
      WHERE given.system = metric.system AND given.name = metric.name AND given.unit = metric.unit
        AND (given.value, given.as_of, given.document)
            IS NOT DISTINCT FROM
            (metric.value, metric.as_of, metric.document))
