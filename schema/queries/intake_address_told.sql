-- SPDX-License-Identifier: Apache-2.0
-- Addresses of which the batch says something that the register does not: with `was` there is an open row,
-- whose MAC is another now, or that is measured now, not claimed. What is imported ends nothing that was
-- measured.
-- $1::int8 : batch
CREATE TEMPORARY TABLE address_told ON COMMIT DROP AS
SELECT i.asset_id, i.address, i.mac, i.up, i.method, i.reason, a.asset_id IS NOT NULL AS was
FROM stage_identity i
LEFT JOIN address a ON a.asset_id = i.asset_id AND a.address = i.address AND a.until_run IS NULL
WHERE i.batch = $1 AND NOT i.same AND NOT place_is_mac(i.address)
  AND (a.asset_id IS NULL
       OR (i.mac IS NOT NULL AND i.mac IS DISTINCT FROM a.mac
           AND (i.method <> 'import' OR a.grade = 'claimed'))
       OR (a.grade = 'claimed' AND i.method <> 'import' AND (i.up OR i.method = 'trace')))
