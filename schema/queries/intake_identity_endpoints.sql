-- SPDX-License-Identifier: Apache-2.0
-- Addresses of the batch that are or may become an asset's, and whose they are now. A MAC that moves
-- between devices is left out and named.
SELECT e.address, CASE WHEN v.note IS NULL THEN e.mac END, e.up, e.method, coalesce(e.asset_id, 0),
       v.note, coalesce(e.same, false), e.bare, e.digests
FROM identity_at e
LEFT JOIN LATERAL (
    SELECT v.note FROM virtual_mac v
    WHERE e.mac IS NOT NULL AND starts_with(e.mac::text, v.prefix) AND v.kind = 'redundancy'
    LIMIT 1) v ON true
WHERE e.makes OR e.asset_id IS NOT NULL
ORDER BY e.address
