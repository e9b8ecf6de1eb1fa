-- SPDX-License-Identifier: Apache-2.0
-- Notes on assets that they are quiet.
-- $1::int8 : run
-- $2::int4 : realm
UPDATE asset a
SET state = 'quiet'
FROM fact f
WHERE f.asset_id = a.asset_id AND f.subject = '' AND f.attribute = 'state'
  AND f.source = 'intake' AND f.from_run = $1 AND f.until_run IS NULL AND a.realm_id = $2
  AND a.state = 'seen'
