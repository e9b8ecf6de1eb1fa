-- SPDX-License-Identifier: Apache-2.0
-- Ends statements that a service which greeted does not make any more.
-- $1::int8 : batch
-- $2::int8 : run
UPDATE fact f
SET until_run = $2
FROM stage_seen n
WHERE n.batch = $1 AND n.greeted AND n.method NOT IN ('listening', 'import') AND n.protocol <> ''
  AND f.asset_id = n.asset_id AND f.until_run IS NULL AND f.source = n.protocol
  AND f.subject = host(n.address) || CASE n.transport WHEN 6 THEN ' tcp/' ELSE ' udp/' END
      || n.port
  AND NOT EXISTS (
      SELECT FROM stage_statement s
      WHERE s.batch = $1 AND s.kind = 'fact' AND s.address = n.address
        AND s.subject = f.subject AND s.attribute = f.attribute AND s.source = f.source)
