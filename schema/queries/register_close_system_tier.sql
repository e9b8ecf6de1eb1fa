-- SPDX-License-Identifier: Apache-2.0
-- Ends the current rows of system_tier that a register file states otherwise or no longer.
-- $1::int4 : realm
-- $2::text : what the file states, a JSON array of objects
-- $3::text : ids whose statements are given whole, a JSON array
-- $4::bool : the file is complete: what is not in it has ended
-- $5::int8 : the import
UPDATE system_tier SET until_import = $5
WHERE system_tier.realm_id = $1 AND system_tier.until_import IS NULL
  AND ($4 OR system_tier.system IN (SELECT jsonb_array_elements_text($3::jsonb)))
  AND NOT EXISTS (SELECT FROM jsonb_to_recordset($2::jsonb) AS given(
        system text, s smallint, a smallint, determined date, as_of date, document text)
      WHERE given.system = system_tier.system
        AND (given.s, given.a, given.determined, given.as_of, given.document)
            IS NOT DISTINCT FROM
            (system_tier.s, system_tier.a, system_tier.determined, system_tier.as_of, system_tier.document))
