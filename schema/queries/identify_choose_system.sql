-- SPDX-License-Identifier: Apache-2.0
-- Chooses the systems whose dossier may differ by what the register or the list says since.
-- $1::int4 : realm
-- $2::int8 : imports after this one
-- $3::int8 : entries of the list after this one
-- $4::timestamptz : and those that began or ended after this
WITH owned AS (
    SELECT relation, value FROM register_changed($1, $2, $4, 'system')
), named AS (
    SELECT relation, value FROM register_changed($1, $2, $4, 'id')
    WHERE relation IN ('system', 'organisation', 'business')
), entered AS (
    SELECT system AS value FROM designation
    WHERE realm_id = $1 AND (id > $3 OR valid_from > $4 OR valid_until > $4)
), told AS ( -- of which others tell
    SELECT value FROM named WHERE relation = 'system'
    UNION SELECT value FROM owned WHERE relation = 'system_tier'
    UNION SELECT value FROM entered
)
INSERT INTO pg_temp.identify_chosen (realm_id, unit, system)
SELECT $1, 'system', value FROM (
    SELECT value FROM owned
    UNION SELECT value FROM told
    UNION SELECT value FROM register_changed($1, $2, $4, 'systems')
    UNION SELECT value FROM register_changed($1, $2, $4, 'carried_by')
    UNION SELECT s.id FROM system s WHERE s.realm_id = $1 AND s.until_import IS NULL
        AND s.organisation IN (SELECT value FROM named WHERE relation = 'organisation')
    UNION SELECT b.system FROM business_support b WHERE b.realm_id = $1
        AND b.until_import IS NULL
        AND b.business IN (SELECT value FROM named WHERE relation = 'business')
    UNION SELECT s.id FROM system s WHERE s.realm_id = $1 AND s.until_import IS NULL
        AND s.carried_by IN (SELECT value FROM told)
    UNION SELECT s.carried_by FROM system s JOIN told t ON t.value = s.id
    WHERE s.realm_id = $1 AND s.until_import IS NULL AND s.carried_by IS NOT NULL
) AS v
ON CONFLICT DO NOTHING
