-- SPDX-License-Identifier: Apache-2.0
-- The newest run of a snapshot, and the time that it is true for: of the newest observation,
-- change of the register or decision, so that the same register gives the same snapshot.
-- $1::text : realm; NULL: all
SELECT coalesce(max(n.run_id), 0),
    coalesce((extract(epoch FROM greatest(max(n.ended),
        max((SELECT max(i.imported) FROM register_import i
            WHERE i.realm_id = r.realm_id AND i.written + i.closed > 0)),
        max((SELECT max(d.recorded) FROM designation d WHERE d.realm_id = r.realm_id))))
        * 1000000)::int8, 0)
FROM realm r LEFT JOIN run n USING (realm_id)
WHERE $1 IS NULL OR r.name = $1
