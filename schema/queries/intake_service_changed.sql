-- SPDX-License-Identifier: Apache-2.0
-- Ends services that are something else now, or are seen from a new side.
-- $1::int8 : run
UPDATE service s
SET until_run = $1
FROM service_told t
WHERE t.was AND t.differs AND s.asset_id = t.asset_id AND s.address = t.address
  AND s.transport = t.transport AND s.port = t.port AND s.until_run IS NULL
