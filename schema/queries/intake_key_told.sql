-- SPDX-License-Identifier: Apache-2.0
-- The identity keys of the batch and the assets that showed them.
-- $1::int8 : batch
CREATE TEMPORARY TABLE key_told ON COMMIT DROP AS
SELECT i.asset_id, s.address, s.attribute AS type, s.value, s.source, s.method, s.evidence, s.number
FROM stage_statement s
JOIN stage_identity i ON i.batch = $1 AND i.address = s.address
WHERE s.batch = $1 AND s.kind = 'key'
