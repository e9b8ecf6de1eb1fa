-- SPDX-License-Identifier: Apache-2.0
-- Open ports, also of assets that are not there, which whoever asks leaves out; of those seen from the
-- Internet, which are few and looked up one by one, their kind (as the view exposure_history tells it,
-- which at other times would reckon systems too), and what the ledger says: 0 nothing, 1 justified, 2 its
-- entry expired.
-- $1::text : realm; NULL: all
-- $2::timestamptz : the moment; NULL: now
SELECT s.asset_id, s.address, s.transport, s.port, s.protocol, s.product, s.version, s.exposed,
    CASE WHEN s.exposed THEN coalesce(
        (SELECT p.kind FROM exposure_kind p WHERE p.protocol = s.protocol
            AND p.protocol <> '' AND p.transport = 0 AND p.port = 0),
        (SELECT q.kind FROM exposure_kind q WHERE q.protocol = '' AND q.transport = s.transport
            AND q.port = s.port),
        'unknown') ELSE '' END,
    CASE WHEN s.exposed THEN coalesce(
        (SELECT CASE WHEN j.expires <= coalesce($2, now()) THEN 2 ELSE 1 END
        FROM exposure_entry(s.realm_id, s.address, s.transport, s.port, coalesce($2, now())) AS j),
        0) ELSE 0 END
FROM service s
JOIN realm r USING (realm_id)
WHERE s.until_run IS NULL AND ($1 IS NULL OR r.name = $1)
ORDER BY s.asset_id, s.address, s.transport, s.port
