-- SPDX-License-Identifier: Apache-2.0
-- What a file for others is true for: the newest run, the time of the newest observation,
-- change of the register or decision, and the operator if the register names one only. No
-- clock: the same register gives the same file.
-- $1::int4 : realm
-- $2::timestamptz : as of; NULL: now
WITH operator AS (
    SELECT o.id, o.name FROM org_role p
    JOIN organisation o ON o.realm_id = p.realm_id AND o.id = p.organisation
        AND o.until_import IS NULL
    WHERE p.realm_id = $1 AND p.code = 'operator' AND p.until_import IS NULL
)
SELECT coalesce(max(n.run_id), 0),
    coalesce((extract(epoch FROM greatest(max(n.ended),
        (SELECT max(i.imported) FROM register_import i WHERE i.realm_id = $1
            AND i.written + i.closed > 0 AND ($2 IS NULL OR i.imported <= $2)),
        (SELECT max(d.recorded) FROM designation d WHERE d.realm_id = $1
            AND ($2 IS NULL OR d.recorded <= $2)),
        (SELECT max(greatest(j.recorded, j.withdrawn)) FROM exposure_justification j
            WHERE j.realm_id = $1 AND ($2 IS NULL OR j.recorded <= $2))))
        * 1000000)::int8, 0),
    CASE WHEN (SELECT count(DISTINCT id) FROM operator) = 1
        THEN (SELECT max(name) FROM operator) ELSE '' END
FROM run n
WHERE n.realm_id = $1 AND ($2 IS NULL OR n.ended <= $2)
