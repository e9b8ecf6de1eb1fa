-- SPDX-License-Identifier: Apache-2.0
-- Chooses the zones whose dossier may differ by what the register says since.
-- $1::int4 : realm
-- $2::int8 : imports after this one
-- $3::timestamptz : and what is valid, or not, since
-- $4::int8 : entries of the list after this one
INSERT INTO pg_temp.identify_chosen (realm_id, unit, system)
SELECT $1, 'zone', z.id FROM zone z
WHERE z.realm_id = $1 AND z.until_import IS NULL AND EXISTS (
    SELECT FROM register_changed($1, $2, $3, 'as_of')
    WHERE relation IN ('zone', 'conduit', 'subnet'))
UNION SELECT $1, 'zone', value FROM register_changed($1, $2, $3, 'id') WHERE relation = 'zone'
UNION SELECT realm_id, unit, system FROM norm_standing -- it names the systems of its assets
WHERE realm_id = $1 AND unit = 'zone' AND measured AND (
    EXISTS (SELECT FROM designation WHERE realm_id = $1
        AND (id > $4 OR valid_from > $3 OR valid_until > $3))
    OR EXISTS (SELECT FROM register_changed($1, $2, $3, 'as_of')
        WHERE relation IN ('system', 'system_tier')))
ON CONFLICT DO NOTHING
