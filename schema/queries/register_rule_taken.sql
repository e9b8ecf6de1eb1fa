-- SPDX-License-Identifier: Apache-2.0
-- Rules of a file that another system, which the file does not restate, holds already.
-- $1::int4 : realm
-- $2::text : the rules, a JSON array of objects
SELECT given.rule, given.value, given.system, held.system
FROM jsonb_to_recordset($2::jsonb) AS given(system text, rule text, value text)
JOIN system_rule AS held ON held.realm_id = $1 AND held.until_import IS NULL
    AND held.rule = given.rule AND held.value = given.value AND held.system <> given.system
ORDER BY given.rule, given.value LIMIT 1
