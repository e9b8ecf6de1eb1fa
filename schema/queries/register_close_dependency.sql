-- SPDX-License-Identifier: Apache-2.0
-- Ends the current rows of dependency that a register file states otherwise or no longer.
-- $1::int4 : realm
-- $2::text : what the file states, a JSON array of objects
-- $3::text : the same objects: each is stated whole
-- $4::bool : the file is complete: what is not in it has ended
-- $5::int8 : the import
UPDATE dependency SET until_import = $5
WHERE dependency.realm_id = $1 AND dependency.until_import IS NULL
  AND ($4 OR (dependency.from_system, dependency.on_system) IN (SELECT stated.from_system, stated.on_system FROM jsonb_to_recordset($3::jsonb)
            AS stated(from_system text, on_system text)))
  AND NOT EXISTS (SELECT FROM jsonb_to_recordset($2::jsonb) AS given(
        from_system text, on_system text, strength text, as_of date, document text)
      WHERE given.from_system = dependency.from_system AND given.on_system = dependency.on_system
        AND (given.strength, given.as_of, given.document)
            IS NOT DISTINCT FROM
            (dependency.strength, dependency.as_of, dependency.document))
