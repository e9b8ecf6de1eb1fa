-- SPDX-License-Identifier: Apache-2.0
-- Writes the rows of system that a register file states and the register does not hold.
-- $1::int4 : realm
-- $2::text : what the file states, a JSON array of objects
-- $3::int8 : the import
INSERT INTO system (realm_id,
        id, name, organisation, sector, external, class, kind, function, service_scope,
        counterparts, lifecycle, as_of, document, from_import)
SELECT $1,
        given.id, given.name, given.organisation, given.sector, given.external, given.class,
        given.kind, given.function, given.service_scope, given.counterparts,
        given.lifecycle, given.as_of, given.document, $3
FROM jsonb_to_recordset($2::jsonb) AS given(
        id text, name text, organisation text, sector text, external boolean, class text,
        kind text, function text, service_scope text, counterparts text, lifecycle text,
        as_of date, document text)
WHERE NOT EXISTS (SELECT FROM system AS held
    WHERE held.realm_id = $1 AND held.until_import IS NULL
      AND held.id = given.id)
