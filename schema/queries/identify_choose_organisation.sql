-- SPDX-License-Identifier: Apache-2.0
-- Chooses the organisations whose dossier may differ by what the register or the list says since.
-- $1::int4 : realm
-- $2::int8 : imports after this one
-- $3::int8 : entries of the list after this one
-- $4::timestamptz : and those that began or ended after this
WITH told AS (
    SELECT value FROM register_changed($1, $2, $4, 'id') WHERE relation = 'system'
    UNION SELECT value FROM register_changed($1, $2, $4, 'system') WHERE relation = 'system_tier'
    UNION SELECT system FROM designation
    WHERE realm_id = $1 AND (id > $3 OR valid_from > $4 OR valid_until > $4)
)
INSERT INTO pg_temp.identify_chosen (realm_id, unit, system)
SELECT $1, 'organisation', value FROM (
    SELECT value FROM register_changed($1, $2, $4, 'organisation')
    UNION SELECT value FROM register_changed($1, $2, $4, 'id') WHERE relation = 'organisation'
    UNION SELECT s.organisation FROM system s JOIN told t ON t.value = s.id
    WHERE s.realm_id = $1
    UNION SELECT z.organisation FROM zone z WHERE z.realm_id = $1 AND z.until_import IS NULL
        AND z.id IN (SELECT value FROM register_changed($1, $2, $4, 'zone'))
) AS v
ON CONFLICT DO NOTHING
