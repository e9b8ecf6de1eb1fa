-- SPDX-License-Identifier: Apache-2.0
-- Ends the note on an address that somebody answers for, where it answers for itself now: it says
-- a word, or has a MAC by which its asset answers nowhere else.
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
  AND (EXISTS (SELECT FROM stage_service s
               WHERE s.batch = $1 AND s.address = i.address AND s.protocol <> '')
       OR EXISTS (SELECT FROM stage_endpoint e
                  WHERE e.batch = $1 AND e.address = i.address AND e.mac IS NOT NULL
                    AND NOT EXISTS (SELECT FROM address a
                                    WHERE a.asset_id = f.asset_id AND a.mac = e.mac
                                      AND a.address <> i.address AND a.until_run IS NULL)))
