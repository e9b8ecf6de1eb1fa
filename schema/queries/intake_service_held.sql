-- SPDX-License-Identifier: Apache-2.0
-- What the register holds at the addresses where something differs.
-- $1::int8 : batch
CREATE TEMPORARY TABLE service_held ON COMMIT DROP AS
SELECT s.asset_id, s.address, s.transport, s.port, s.protocol, s.vendor, s.product, s.version, s.cpe,
       s.internal, s.exposed, s.method, s.evidence, s.digest
FROM service s
JOIN stage_unsettled u ON u.batch = $1 AND u.asset_id = s.asset_id AND u.address = s.address
WHERE s.until_run IS NULL
