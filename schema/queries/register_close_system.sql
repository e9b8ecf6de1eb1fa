-- SPDX-License-Identifier: Apache-2.0
-- Ends the current rows of system that a register file states otherwise or no longer.
-- $1::int4 : realm
-- $2::text : what the file states, a JSON array of objects
-- $3::text : ids whose statements are given whole, a JSON array
-- $4::bool : the file is complete: what is not in it has ended
-- $5::int8 : the import
UPDATE system SET until_import = $5
WHERE system.realm_id = $1 AND system.until_import IS NULL
  AND ($4 OR system.id IN (SELECT jsonb_array_elements_text($3::jsonb)))
  AND NOT EXISTS (SELECT FROM jsonb_to_recordset($2::jsonb) AS given(
        id text, name text, organisation text, sector text, external boolean, class text,
        kind text, function text, service_scope text, counterparts text, lifecycle text,
        as_of date, document text)
      WHERE given.id = system.id
        AND (given.name, given.organisation, given.sector, given.external, given.class, given.kind, given.function, given.service_scope, given.counterparts, given.lifecycle, given.as_of, given.document)
            IS NOT DISTINCT FROM
            (system.name, system.organisation, system.sector, system.external, system.class, system.kind, system.function, system.service_scope, system.counterparts, system.lifecycle, system.as_of, system.document))
