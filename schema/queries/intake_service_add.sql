-- SPDX-License-Identifier: Apache-2.0
-- Adds the services that are there and not yet filed as they are. Answers how many are new
-- and how many changed.
-- $1::int8 : batch
-- $2::int8 : run
-- $3::int4 : realm
-- $4::bool : the vantage is the Internet
WITH added AS (
    INSERT INTO service
        (asset_id, address, transport, port, realm_id, protocol, vendor, product, version, cpe,
         internal, exposed, method, evidence, from_run)
    SELECT n.asset_id, n.address, n.transport, n.port, $3,
           CASE WHEN w.said THEN n.protocol ELSE o.protocol END,
           CASE WHEN w.said THEN n.vendor ELSE o.vendor END,
           CASE WHEN w.said THEN n.product ELSE o.product END,
           CASE WHEN w.said THEN n.version ELSE o.version END,
           CASE WHEN w.said THEN n.cpe ELSE o.cpe END,
           NOT $4 OR coalesce(o.internal, false), $4 OR coalesce(o.exposed, false),
           CASE WHEN n.method = 'import' AND NOT w.said THEN o.method ELSE n.method END,
           CASE WHEN w.said THEN n.evidence ELSE o.evidence END, $2
    FROM stage_seen n
    LEFT JOIN service o ON o.asset_id = n.asset_id AND o.address = n.address
        AND o.transport = n.transport AND o.port = n.port AND o.until_run = $2
    CROSS JOIN LATERAL (
        SELECT o.asset_id IS NULL
            OR (n.greeted
                AND (n.method <> 'import' OR o.method = 'import' OR o.protocol = '')
                AND (n.method NOT IN ('listening', 'import') OR o.protocol <> n.protocol
                               OR n.product <> '')) AS said) w
    WHERE n.batch = $1
      AND NOT EXISTS (
          SELECT FROM service s
          WHERE s.asset_id = n.asset_id AND s.address = n.address
            AND s.transport = n.transport AND s.port = n.port AND s.until_run IS NULL)
    ORDER BY n.asset_id, n.address, n.transport, n.port
    RETURNING asset_id, address, transport, port
)
SELECT count(*) FILTER (WHERE o.asset_id IS NULL), count(o.asset_id)
FROM added
LEFT JOIN service o ON o.asset_id = added.asset_id AND o.address = added.address
    AND o.transport = added.transport AND o.port = added.port AND o.until_run = $2
