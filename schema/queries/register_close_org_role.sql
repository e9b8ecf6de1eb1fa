-- SPDX-License-Identifier: Apache-2.0
-- Ends the current rows of org_role that a register file states otherwise or no longer.
-- $1::int4 : realm
-- $2::text : what the file states, a JSON array of objects
-- $3::text : ids whose statements are given whole, a JSON array
-- $4::bool : the file is complete: what is not in it has ended
-- $5::int8 : the import
UPDATE org_role SET until_import = $5
WHERE org_role.realm_id = $1 AND org_role.until_import IS NULL
  AND ($4 OR org_role.organisation IN (SELECT jsonb_array_elements_text($3::jsonb)))
  AND NOT EXISTS (SELECT FROM jsonb_to_recordset($2::jsonb) AS given(
        organisation text, code text, scope text, as_of date, document text)
      WHERE given.organisation = org_role.organisation AND given.code = org_role.code AND given.scope = org_role.scope
        AND (given.as_of, given.document)
            IS NOT DISTINCT FROM
            (org_role.as_of, org_role.document))
