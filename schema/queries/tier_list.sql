-- SPDX-License-Identifier: Apache-2.0
-- Tiers as stated, and as the packs determine them that have a matrix of that name.
-- $1::text : only of this realm; NULL: all
-- $2::text : only this system; NULL: all
SELECT r.name, s.id, s.name, s.lifecycle, coalesce(s.organisation, ''), coalesce(o.name, ''),
    coalesce(t.s, 0), coalesce(t.a, 0), coalesce(t.final, 0), coalesce(t.determined::text, ''),
    coalesce(t.as_of::text, ''), coalesce(t.document, ''), coalesce(n.pack, ''),
    coalesce(n.version, ''), coalesce(substring(n.degrees FROM '(?:^| )s=([0-9-]+)'), ''),
    coalesce(substring(n.degrees FROM '(?:^| )a=([0-9-]+)'), ''),
    coalesce(substring(n.degrees FROM '(?:^| )tier=([0-9-]+)'), ''), coalesce(n.missing, ''),
    coalesce(n.id, 0), coalesce(f.status, ''), coalesce(f.certificate_no, ''),
    coalesce(f.valid_until::text, ''), coalesce(a.day::text, ''), coalesce(a.result, '')
FROM system s
JOIN realm r USING (realm_id)
LEFT JOIN organisation o ON o.realm_id = s.realm_id AND o.id = s.organisation
    AND o.until_import IS NULL
LEFT JOIN system_tier t ON t.realm_id = s.realm_id AND t.system = s.id AND t.until_import IS NULL
LEFT JOIN filing f ON f.realm_id = s.realm_id AND f.system = s.id AND f.until_import IS NULL
LEFT JOIN LATERAL (SELECT x.day, x.result FROM assessment x
    WHERE x.realm_id = s.realm_id AND x.system = s.id AND x.kind = 'tier'
        AND x.until_import IS NULL
    ORDER BY x.day DESC LIMIT 1) a ON true
LEFT JOIN LATERAL (SELECT e.id, e.pack, e.version, e.degrees, e.missing
    FROM norm_standing d
    JOIN norm_eval e ON e.id = d.eval_id
    WHERE d.realm_id = s.realm_id AND d.unit = 'system' AND d.system = s.id AND NOT d.silent
        AND e.degrees ~ '(^| )tier=') n ON true
WHERE s.until_import IS NULL AND NOT s.external AND s.lifecycle <> 'retired'
    AND ($1 IS NULL OR r.name = $1) AND ($2 IS NULL OR s.id = $2)
ORDER BY r.name COLLATE "C", s.id COLLATE "C", n.pack COLLATE "C"
