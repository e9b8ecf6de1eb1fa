-- SPDX-License-Identifier: Apache-2.0
-- Ends services that are something else now, or are seen from a new side. What was heard
-- by listening or imported may be partial: it changes only what it names. What is imported changes
-- nothing that was measured; what is measured takes the place of what was imported.
-- $1::int8 : batch
-- $2::int8 : run
-- $3::bool : the vantage is the Internet
UPDATE service s
SET until_run = $2
FROM stage_seen n
WHERE n.batch = $1 AND s.asset_id = n.asset_id AND s.address = n.address
  AND s.transport = n.transport AND s.port = n.port AND s.until_run IS NULL
  AND (NOT (CASE WHEN $3 THEN s.exposed ELSE s.internal END)
       OR (n.greeted AND n.method NOT IN ('listening', 'import')
           AND (s.protocol, s.vendor, s.product, s.version, s.cpe)
               <> (n.protocol, n.vendor, n.product, n.version, n.cpe))
       OR (n.method <> 'import' AND s.method = 'import' AND (n.greeted OR s.protocol = ''))
       OR (n.greeted AND n.method IN ('listening', 'import') AND n.protocol <> ''
           AND (n.method <> 'import' OR s.method = 'import' OR s.protocol = '')
           AND (s.protocol <> n.protocol OR (n.product <> '' AND
               (s.vendor, s.product, s.version) <> (n.vendor, n.product, n.version)))))
