-- SPDX-License-Identifier: Apache-2.0
-- Open ports of assets that are there.
-- $1::text : realm; NULL: all
SELECT s.asset_id, s.address, s.transport, s.port, s.protocol, s.product, s.version, s.exposed
FROM service s
JOIN asset a USING (asset_id)
JOIN realm r ON r.realm_id = a.realm_id
WHERE s.until_run IS NULL AND a.merged_into IS NULL AND a.state = 'seen'
    AND ($1 IS NULL OR r.name = $1)
ORDER BY s.asset_id, s.address, s.transport, s.port
