-- SPDX-License-Identifier: Apache-2.0
-- Systems of that id, registered or once decided on, with what stands decided: one for each realm.
-- $1::text : id
SELECT k.realm_id, r.name, coalesce(d.decision_id, 0), coalesce(d.pack, ''), coalesce(d.version, ''),
    coalesce(d.decided::text, '')
FROM (SELECT realm_id FROM system WHERE id = $1 AND until_import IS NULL AND NOT external
    UNION SELECT realm_id FROM designation WHERE system = $1) k
JOIN realm r USING (realm_id)
LEFT JOIN designation d ON d.realm_id = k.realm_id AND d.system = $1 AND d.valid_until IS NULL
    AND d.superseded IS NULL
ORDER BY r.name
