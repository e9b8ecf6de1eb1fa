-- SPDX-License-Identifier: Apache-2.0
-- What is merged into another asset is quiet or not as that one is, which is not quiet if one of the
-- two is there.
-- $1::int8 : the asset that becomes an alias
-- $2::int8 : the asset that it is merged into
-- $3::int8 : run of the decision
UPDATE fact
SET until_run = $3
WHERE subject = '' AND attribute = 'state' AND until_run IS NULL
  AND (asset_id = $1
       OR (asset_id = $2 AND source = 'intake'
           AND EXISTS (SELECT FROM asset WHERE asset_id = $1 AND state = 'seen')))
