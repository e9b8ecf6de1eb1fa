-- SPDX-License-Identifier: Apache-2.0
-- One row for each service of the batch: what greeted goes before what only answered. In the order
-- of the services' own key, so that neither the index nor the joins after it have to sort again.
-- $1::int8 : batch
WITH greeted AS (
    SELECT DISTINCT ON (i.asset_id, s.address, s.transport, s.port) i.asset_id, s.*
    FROM stage_service s
    JOIN stage_identity i ON i.batch = $1 AND i.address = s.address
    WHERE s.batch = $1 AND s.greeted
    ORDER BY i.asset_id, s.address, s.transport, s.port, (s.protocol <> '') DESC,
             (s.product <> '') DESC, s.number
), answered AS (
    SELECT DISTINCT ON (i.asset_id, s.address, s.transport, s.port) i.asset_id, s.*
    FROM stage_service s
    JOIN stage_identity i ON i.batch = $1 AND i.address = s.address
    WHERE s.batch = $1 AND NOT s.greeted
      AND NOT EXISTS (
          SELECT FROM stage_service g
          WHERE g.batch = $1 AND g.greeted AND g.address = s.address
            AND g.transport = s.transport AND g.port = s.port)
    ORDER BY i.asset_id, s.address, s.transport, s.port, s.number
)
INSERT INTO stage_seen
	(batch, asset_id, address, transport, port, greeted, protocol, vendor, product, version,
	 cpe, method, evidence)
SELECT batch, asset_id, address, transport, port, greeted, protocol, vendor, product, version,
       cpe, method, evidence
FROM (SELECT * FROM greeted UNION ALL SELECT * FROM answered) AS seen
