-- SPDX-License-Identifier: Apache-2.0
-- The subjects of norms of one unit, by realm and id: systems that are neither others' nor retired,
-- organisations, zones, subnets.
-- $1::text : unit
-- $2::int4 : realm; NULL: all
-- $3::text : only these ids, one a line; NULL: all
-- $4::int4 : after the subject of this realm
-- $5::text : and this id
-- $6::int4 : how many
SELECT realm_id, id FROM (
    SELECT realm_id, id FROM system
    WHERE $1 = 'system' AND until_import IS NULL AND NOT external AND lifecycle <> 'retired'
    UNION ALL
    SELECT realm_id, id FROM organisation WHERE $1 = 'organisation' AND until_import IS NULL
    UNION ALL
    SELECT realm_id, id FROM zone WHERE $1 = 'zone' AND until_import IS NULL
    UNION ALL
    SELECT realm_id, prefix::text FROM subnet WHERE $1 = 'subnet' AND until_import IS NULL) AS s
WHERE ($2 IS NULL OR realm_id = $2) AND ($3 IS NULL OR id = ANY (string_to_array($3, E'\n')))
    AND (realm_id, id COLLATE "C") > ($4, $5)
ORDER BY realm_id, id COLLATE "C" LIMIT $6
