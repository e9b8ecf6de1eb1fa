-- SPDX-License-Identifier: Apache-2.0
-- The newest run of a snapshot, and the time that it is true for: of the newest observation,
-- change of the register, boundary or decision, so that the same register gives the same snapshot. How many
-- realms have assets to show, and the first and last of their names.
-- $1::text : realm; NULL: all
WITH there AS (
    SELECT name FROM realm WHERE EXISTS (
        SELECT FROM asset a WHERE a.realm_id = realm.realm_id AND a.merged_into IS NULL
            AND a.state = 'seen'))
SELECT coalesce(max(n.run_id), 0),
    coalesce((extract(epoch FROM greatest(max(n.ended),
        max((SELECT max(i.imported) FROM register_import i
            WHERE i.realm_id = r.realm_id AND i.written + i.closed > 0)),
        max((SELECT max(d.recorded) FROM designation d WHERE d.realm_id = r.realm_id)),
        max((SELECT max(b.recorded) FROM boundary b WHERE b.realm_id = r.realm_id))))
        * 1000000)::int8, 0),
    (SELECT count(*) FROM there), coalesce((SELECT min(name) FROM there), ''),
    coalesce((SELECT max(name) FROM there), '')
FROM realm r LEFT JOIN run n USING (realm_id)
WHERE $1 IS NULL OR r.name = $1
