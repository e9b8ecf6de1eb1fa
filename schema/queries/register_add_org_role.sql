-- SPDX-License-Identifier: Apache-2.0
-- Writes the rows of org_role that a register file states and the register does not hold.
-- $1::int4 : realm
-- $2::text : what the file states, a JSON array of objects
-- $3::int8 : the import
INSERT INTO org_role (realm_id,
        organisation, code, scope, as_of, document, from_import)
SELECT $1,
        given.organisation, given.code, given.scope, given.as_of, given.document, $3
FROM jsonb_to_recordset($2::jsonb) AS given(
        organisation text, code text, scope text, as_of date, document text)
WHERE NOT EXISTS (SELECT FROM org_role AS held
    WHERE held.realm_id = $1 AND held.until_import IS NULL
      AND held.organisation = given.organisation
      AND held.code = given.code
      AND held.scope = given.scope)
