-- SPDX-License-Identifier: Apache-2.0
-- Addresses of the assets concerned that the batch did not meet, and whether it looked for them.
-- $1::int8 : batch
SELECT a.asset_id, a.address, EXISTS (
           SELECT FROM stage_coverage c
           WHERE c.batch = $1 AND c.method <> 'listening' AND a.address <<= c.cidr)
FROM identity_concerned c
JOIN address a USING (asset_id)
WHERE c.addresses > c.met AND a.until_run IS NULL
  AND NOT EXISTS (SELECT FROM identity_met m WHERE m.address = a.address)
ORDER BY a.address, a.asset_id
