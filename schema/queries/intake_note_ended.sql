-- SPDX-License-Identifier: Apache-2.0
-- Ends the note on an address that somebody answers for, where it answers for itself now.
-- $1::int8 : batch
-- $2::int8 : run
UPDATE fact f
SET until_run = $2
FROM stage_identity i
WHERE i.batch = $1 AND i.up AND f.asset_id = i.asset_id AND f.subject = host(i.address)
  AND f.attribute = 'address.proxied' AND f.source = 'identity' AND f.until_run IS NULL
  AND NOT EXISTS (
      SELECT FROM stage_note n
      WHERE n.batch = $1 AND n.address = i.address AND n.attribute = 'address.proxied')
