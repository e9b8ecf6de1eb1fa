-- SPDX-License-Identifier: Apache-2.0
-- Open ports of assets that are there; of those seen from the Internet their kind, and what the
-- ledger says: 0 nothing, 1 justified, 2 its entry expired.
-- $1::text : realm; NULL: all
-- $2::timestamptz : the moment; NULL: now
SELECT s.asset_id, s.address, s.transport, s.port, s.protocol, s.product, s.version, s.exposed,
    coalesce(e.kind, ''), coalesce(e.ledger, 0)
FROM service s
JOIN asset a USING (asset_id)
JOIN realm r ON r.realm_id = a.realm_id
LEFT JOIN (
    SELECT h.asset_id, h.address, h.transport, h.port, h.kind, CASE WHEN j.id IS NULL THEN 0
        WHEN j.expires <= coalesce($2, now()) THEN 2 ELSE 1 END AS ledger
    FROM exposure_history h
    LEFT JOIN LATERAL exposure_entry(h.realm_id, h.address, h.transport, h.port,
        coalesce($2, now())) AS j ON true
    WHERE h.until_run IS NULL) AS e ON s.exposed AND e.asset_id = s.asset_id
    AND e.address = s.address AND e.transport = s.transport AND e.port = s.port
WHERE s.until_run IS NULL AND a.merged_into IS NULL AND a.state = 'seen'
    AND ($1 IS NULL OR r.name = $1)
ORDER BY s.asset_id, s.address, s.transport, s.port
