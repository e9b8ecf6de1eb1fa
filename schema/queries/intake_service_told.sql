-- SPDX-License-Identifier: Apache-2.0
-- What the batch says of services that differs from the register: one row each, as it shall be
-- filed, in the order of the key. What greeted goes before what only answered; what was heard by
-- listening may be partial and changes only what it names. `was`: there is an open row, which ends.
-- $1::int8 : batch
-- $2::bool : the vantage is the Internet
CREATE TEMPORARY TABLE service_told ON COMMIT DROP AS
SELECT DISTINCT ON (asset_id, address, transport, port) *
FROM (
    SELECT i.asset_id, n.address, n.transport, n.port,
           CASE WHEN w.said THEN n.protocol ELSE o.protocol END AS protocol,
           CASE WHEN w.said THEN n.vendor ELSE o.vendor END AS vendor,
           CASE WHEN w.said THEN n.product ELSE o.product END AS product,
           CASE WHEN w.said THEN n.version ELSE o.version END AS version,
           CASE WHEN w.said THEN n.cpe ELSE o.cpe END AS cpe,
           NOT $2 OR coalesce(o.internal, false) AS internal,
           $2 OR coalesce(o.exposed, false) AS exposed,
           n.method, CASE WHEN w.said THEN n.evidence ELSE o.evidence END AS evidence,
           CASE WHEN w.said THEN n.digest ELSE o.digest END AS digest,
           CASE WHEN n.protocol = '' THEN 2 ELSE 0 END + CASE WHEN n.product = '' THEN 1 ELSE 0 END
               AS rank,
           n.number, o.asset_id IS NOT NULL AS was
    FROM stage_service n
    JOIN stage_unsettled i ON i.batch = $1 AND i.address = n.address
    LEFT JOIN service o ON o.asset_id = i.asset_id AND o.address = n.address
        AND o.transport = n.transport AND o.port = n.port AND o.until_run IS NULL
    CROSS JOIN LATERAL (
        SELECT o.asset_id IS NULL OR n.method <> 'listening' OR o.protocol <> n.protocol
            OR n.product <> '' AS said) w
    WHERE n.batch = $1
      AND (o.asset_id IS NULL
           OR NOT (CASE WHEN $2 THEN o.exposed ELSE o.internal END)
           OR (n.method <> 'listening'
               AND (o.protocol, o.vendor, o.product, o.version, o.cpe)
                   <> (n.protocol, n.vendor, n.product, n.version, n.cpe))
           OR (n.method = 'listening' AND n.protocol <> ''
               AND (o.protocol <> n.protocol OR (n.product <> '' AND
                   (o.vendor, o.product, o.version) <> (n.vendor, n.product, n.version)))))
    UNION ALL
    SELECT i.asset_id, n.address, n.transport, n.port, coalesce(o.protocol, ''),
           coalesce(o.vendor, ''), coalesce(o.product, ''), coalesce(o.version, ''),
           coalesce(o.cpe, ''), NOT $2 OR coalesce(o.internal, false),
           $2 OR coalesce(o.exposed, false), n.method,
           CASE WHEN o.asset_id IS NULL THEN n.evidence ELSE o.evidence END,
           CASE WHEN o.asset_id IS NULL THEN n.digest ELSE o.digest END, 4, n.number,
           o.asset_id IS NOT NULL
    FROM stage_port n
    JOIN stage_unsettled i ON i.batch = $1 AND i.address = n.address
    LEFT JOIN service o ON o.asset_id = i.asset_id AND o.address = n.address
        AND o.transport = n.transport AND o.port = n.port AND o.until_run IS NULL
    WHERE n.batch = $1
      AND (o.asset_id IS NULL OR NOT (CASE WHEN $2 THEN o.exposed ELSE o.internal END))
      AND NOT EXISTS (
          SELECT FROM stage_service g
          WHERE g.batch = $1 AND g.address = n.address AND g.transport = n.transport
            AND g.port = n.port)) told
ORDER BY asset_id, address, transport, port, rank, number
