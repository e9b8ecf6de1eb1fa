-- SPDX-License-Identifier: Apache-2.0
-- Paths over merged assets go over the one that remains.
-- $1::int8 : batch
UPDATE hop t
SET peer_asset_id = m.into_id
FROM stage_merge m
WHERE m.batch = $1 AND t.peer_asset_id = m.asset_id AND t.until_run IS NULL
