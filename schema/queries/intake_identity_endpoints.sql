-- SPDX-License-Identifier: Apache-2.0
-- Addresses of the batch that are or may become an asset's, and whose they are now. A MAC that moves
-- between devices is left out and named.
-- $1::int4 : realm
SELECT e.address, CASE WHEN v.note IS NULL THEN e.mac END, e.up, e.method,
       coalesce(a.asset_id, n.asset_id, 0), v.note
FROM identity_met e
LEFT JOIN address a ON a.address = e.address AND a.realm_id = $1 AND a.until_run IS NULL
LEFT JOIN identity_station n ON n.address = e.address
LEFT JOIN LATERAL (
    SELECT v.note FROM virtual_mac v
    WHERE e.mac IS NOT NULL AND starts_with(e.mac::text, v.prefix) AND v.kind = 'redundancy'
    LIMIT 1) v ON true
WHERE e.makes OR a.asset_id IS NOT NULL OR n.asset_id IS NOT NULL
ORDER BY e.address
