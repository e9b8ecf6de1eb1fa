-- SPDX-License-Identifier: Apache-2.0
-- Ends statements that a service which greeted does not make any more. Of several greetings of one
-- service the best counts.
-- $1::int8 : batch
-- $2::int8 : run
WITH greeted AS (
    SELECT DISTINCT ON (u.asset_id, n.address, n.transport, n.port)
           u.asset_id, n.address, n.transport, n.port, n.protocol, n.method
    FROM stage_service n
    JOIN stage_identity i ON i.batch = $1 AND i.address = n.address
    JOIN (SELECT DISTINCT asset_id, address, transport, port FROM fact_unsaid) u
        ON u.asset_id = i.asset_id AND u.address = n.address AND u.transport = n.transport
        AND u.port = n.port
    WHERE n.batch = $1
    ORDER BY u.asset_id, n.address, n.transport, n.port, (n.protocol <> '') DESC,
             (n.product <> '') DESC, n.number
)
UPDATE fact f
SET until_run = $2
FROM fact_unsaid u
JOIN greeted n ON n.asset_id = u.asset_id AND n.address = u.address
    AND n.transport = u.transport AND n.port = u.port
WHERE n.protocol = u.source AND n.method <> 'listening'
  AND f.asset_id = u.asset_id AND f.subject = u.subject AND f.attribute = u.attribute
  AND f.source = u.source AND f.until_run IS NULL
