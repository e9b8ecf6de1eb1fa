-- SPDX-License-Identifier: Apache-2.0
-- The proposals that stand.
-- $1::text : only of this pack; NULL: all
-- $2::text : only about this subject; NULL: all
-- $3::bool : also those of packs that do not apply
SELECT o.eval_id, o.unit, o.system, coalesce(s.name, g.name, z.name, n.name, o.system), o.pack,
    e.version, o.outcome, e.score, e.missing, o.notable
FROM norm_standing o
JOIN norm_eval e ON e.id = o.eval_id
JOIN realm r ON r.realm_id = o.realm_id
LEFT JOIN system s ON o.unit = 'system' AND s.realm_id = o.realm_id AND s.id = o.system
    AND s.until_import IS NULL
LEFT JOIN organisation g ON o.unit = 'organisation' AND g.realm_id = o.realm_id
    AND g.id = o.system AND g.until_import IS NULL
LEFT JOIN zone z ON o.unit = 'zone' AND z.realm_id = o.realm_id AND z.id = o.system
    AND z.until_import IS NULL
LEFT JOIN subnet n ON o.unit = 'subnet' AND n.realm_id = o.realm_id AND n.prefix::text = o.system
    AND n.until_import IS NULL
WHERE NOT o.silent AND ($3 OR o.outcome <> 'n/a') AND ($1 IS NULL OR o.pack = $1)
    AND ($2 IS NULL OR o.system = $2)
ORDER BY r.name COLLATE "C", o.unit, o.system, o.pack
