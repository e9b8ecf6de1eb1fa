-- SPDX-License-Identifier: Apache-2.0
-- What falls due by the cadences of packs about systems: lines of "day criterion fact name".
-- $1::text : only of this realm; NULL: all
-- $2::text : only this system; NULL: all
-- $3::int4 : at most so many days ahead; NULL: all
SELECT r.name, d.system, coalesce(s.name, d.system), coalesce(s.organisation, ''),
    coalesce(o.name, ''), l.part[1], l.part[1]::date - (now() AT TIME ZONE 'UTC')::date, l.part[2],
    l.part[3], d.pack, e.version
FROM norm_standing d
JOIN norm_eval e ON e.id = d.eval_id AND e.dues <> ''
JOIN realm r ON r.realm_id = d.realm_id
LEFT JOIN system s ON s.realm_id = d.realm_id AND s.id = d.system AND s.until_import IS NULL
LEFT JOIN organisation o ON o.realm_id = s.realm_id AND o.id = s.organisation
    AND o.until_import IS NULL
CROSS JOIN LATERAL regexp_matches(e.dues, '^([0-9]{4}-[0-9]{2}-[0-9]{2}) (\S+) \S+ (.*)$', 'gn')
    AS l (part)
WHERE d.unit = 'system' AND NOT d.silent AND ($1 IS NULL OR r.name = $1)
    AND ($2 IS NULL OR d.system = $2)
    AND ($3 IS NULL OR l.part[1]::date - (now() AT TIME ZONE 'UTC')::date <= $3)
ORDER BY l.part[1], r.name COLLATE "C", d.system COLLATE "C", d.pack COLLATE "C", l.part[2]
