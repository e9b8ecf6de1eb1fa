-- SPDX-License-Identifier: Apache-2.0
-- Ends statements about services that ended.
-- $1::int8 : run
-- $2::int4 : realm
UPDATE fact f
SET until_run = $1
FROM service s
WHERE s.until_run = $1 AND s.realm_id = $2
  AND f.asset_id = s.asset_id AND f.until_run IS NULL
  AND f.subject = host(s.address) || CASE s.transport WHEN 6 THEN ' tcp/' WHEN 17 THEN ' udp/'
      ELSE ' sctp/' END || s.port
  AND NOT EXISTS (
      SELECT FROM service o
      WHERE o.asset_id = s.asset_id AND o.address = s.address AND o.transport = s.transport
        AND o.port = s.port AND o.until_run IS NULL)
