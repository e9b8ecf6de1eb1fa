-- SPDX-License-Identifier: Apache-2.0
-- The systems of that id that are on the list, one for each realm, as the register last had them: it may
-- no longer.
-- $1::text : id
SELECT d.realm_id, r.name, coalesce(s.name, d.system), coalesce(s.organisation, ''),
    coalesce(o.name, s.organisation, '')
FROM designation d JOIN realm r USING (realm_id)
LEFT JOIN LATERAL (SELECT x.name, x.organisation FROM system x
    WHERE x.realm_id = d.realm_id AND x.id = d.system
    ORDER BY x.until_import IS NULL DESC, x.from_import DESC LIMIT 1) s ON true
LEFT JOIN LATERAL (SELECT x.name FROM organisation x
    WHERE x.realm_id = d.realm_id AND x.id = s.organisation
    ORDER BY x.until_import IS NULL DESC, x.from_import DESC LIMIT 1) o ON true
WHERE d.system = $1 AND d.outcome = 'cii' AND d.valid_until IS NULL AND d.superseded IS NULL
ORDER BY r.name
