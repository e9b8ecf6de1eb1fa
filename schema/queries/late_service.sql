-- SPDX-License-Identifier: Apache-2.0
-- Files what a late run found in the table service, where the register holds nothing of the kind for
-- that time: until the next run that looked there or found something in its place.
-- $1::int8 : batch
-- $2::int8 : run
-- $3::int4 : realm
WITH told AS MATERIALIZED (
    SELECT DISTINCT ON (p.asset_id, n.address, n.transport, n.port)
           p.asset_id, n.address, n.transport, n.port, n.protocol, n.vendor, n.product, n.version,
           n.cpe, n.internal, n.exposed, n.method, n.evidence, n.digest, p.ended, p.looked,
           (SELECT r.run_id FROM run r
            WHERE r.realm_id = $3 AND r.ended > p.ended AND r.outcome = 'complete'
              AND r.vantage = (SELECT vantage FROM run WHERE run_id = $2)
              AND EXISTS (SELECT FROM coverage c
                          WHERE c.run_id = r.run_id AND c.method <> 'listening'
                            AND c.transport = n.transport AND n.address <<= c.cidr
                            AND c.ports @> n.port)
            ORDER BY r.ended, r.run_id LIMIT 1) AS next_run
    FROM (SELECT address, transport, port, protocol, vendor, product, version, cpe, method,
                 evidence, digest, number, protocol = '' AS mute, v.internal, v.exposed
          FROM stage_service, (SELECT vantage <> 'internet' AS internal,
                                      vantage = 'internet' AS exposed
                               FROM run WHERE run_id = $2) v
          WHERE batch = $1
          UNION ALL
          SELECT address, transport, port, '', '', '', '', '', method, evidence, digest, number,
                 true, v.internal, v.exposed
          FROM stage_port, (SELECT vantage <> 'internet' AS internal,
                                   vantage = 'internet' AS exposed
                            FROM run WHERE run_id = $2) v
          WHERE batch = $1) n
    JOIN late_place p ON p.address = n.address
    ORDER BY p.asset_id, n.address, n.transport, n.port, n.mute, n.product = '', n.number
)
INSERT INTO service
    (asset_id, address, transport, port, protocol, vendor, product, version, cpe, internal, exposed,
     method, evidence, digest,
     realm_id, from_run, until_run)
SELECT asset_id, address, transport, port, protocol, vendor, product, version, cpe, internal,
    exposed,
     method, evidence, digest,
     $3, $2, e.run_id
FROM told t
LEFT JOIN LATERAL (
    SELECT r.run_id
    FROM (SELECT t.next_run AS run_id
          UNION ALL
          SELECT o.from_run FROM service o
          WHERE o.asset_id = t.asset_id AND o.address = t.address
              AND o.transport = t.transport AND o.port = t.port
            AND (o.until_run IS NULL OR o.until_run IS NOT NULL)) c
    JOIN run r USING (run_id)
    WHERE r.ended > t.ended
    ORDER BY r.ended, r.run_id
    LIMIT 1) e ON true
WHERE NOT EXISTS (
    SELECT FROM service o
    JOIN run f ON f.run_id = o.from_run
    LEFT JOIN run u ON u.run_id = o.until_run
    WHERE o.asset_id = t.asset_id AND o.address = t.address AND o.transport = t.transport
        AND o.port = t.port
      AND (o.until_run IS NULL OR o.until_run IS NOT NULL)
      AND f.ended <= t.ended AND (u.run_id IS NULL OR u.ended > t.ended))
  AND (e.run_id IS NOT NULL OR NOT EXISTS (
    SELECT FROM service o
    WHERE o.asset_id = t.asset_id AND o.address = t.address AND o.transport = t.transport
        AND o.port = t.port
      AND o.until_run IS NULL))
ORDER BY t.asset_id, t.address, t.transport, t.port
