-- SPDX-License-Identifier: Apache-2.0
-- Open ports, also of assets that are not there, which whoever asks leaves out; of those seen from the Internet their kind (as the view
-- exposure_history tells it, which at other times would reckon systems too), and what the ledger
-- says: 0 nothing, 1 justified, 2 its entry expired.
-- $1::text : realm; NULL: all
-- $2::timestamptz : the moment; NULL: now
SELECT s.asset_id, s.address, s.transport, s.port, s.protocol, s.product, s.version, s.exposed,
    CASE WHEN s.exposed THEN coalesce(p.kind, q.kind, 'unknown') ELSE '' END,
    CASE WHEN j.id IS NULL THEN 0 WHEN j.expires <= coalesce($2, now()) THEN 2 ELSE 1 END
FROM service s
JOIN realm r USING (realm_id)
LEFT JOIN exposure_kind p ON s.exposed AND p.protocol = s.protocol AND p.protocol <> ''
LEFT JOIN exposure_kind q ON s.exposed AND q.protocol = '' AND q.transport = s.transport
    AND q.port = s.port
LEFT JOIN LATERAL (
    SELECT x.* FROM (SELECT WHERE s.exposed) AS k
    CROSS JOIN LATERAL exposure_entry(s.realm_id, s.address, s.transport, s.port,
        coalesce($2, now())) AS x) AS j ON true
WHERE s.until_run IS NULL AND ($1 IS NULL OR r.name = $1)
ORDER BY s.asset_id, s.address, s.transport, s.port
