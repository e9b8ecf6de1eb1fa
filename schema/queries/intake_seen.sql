-- SPDX-License-Identifier: Apache-2.0
-- One row for each service of the batch: what greeted goes before what only answered.
-- $1::int8 : batch
INSERT INTO stage_seen
	(batch, asset_id, address, transport, port, greeted, protocol, vendor, product, version,
	 cpe, method, evidence)
SELECT DISTINCT ON (s.address, s.transport, s.port)
       $1, i.asset_id, s.address, s.transport, s.port, s.greeted, s.protocol, s.vendor,
       s.product, s.version, s.cpe, s.method, s.evidence
FROM stage_service s
JOIN stage_identity i ON i.batch = $1 AND i.address = s.address
WHERE s.batch = $1
ORDER BY s.address, s.transport, s.port, s.greeted DESC, (s.protocol <> '') DESC,
         (s.product <> '') DESC, s.number
