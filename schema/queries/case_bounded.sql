-- SPDX-License-Identifier: Apache-2.0
-- Whose maximum boundary was known when they were decided on: realm and system.
-- $1::text : only of this system; NULL: any
SELECT r.name, d.system
FROM designation d JOIN realm r USING (realm_id)
JOIN system s ON s.realm_id = d.realm_id AND s.id = d.system AND s.until_import IS NULL
    AND NOT s.external AND s.lifecycle <> 'retired'
WHERE d.valid_until IS NULL AND d.superseded IS NULL AND d.outcome = 'cii'
    AND ($1 IS NULL OR d.system = $1) AND EXISTS (SELECT FROM boundary b
        WHERE b.realm_id = d.realm_id AND b.system = d.system AND b.recorded <= d.entered)
ORDER BY r.name COLLATE "C", d.system COLLATE "C"
