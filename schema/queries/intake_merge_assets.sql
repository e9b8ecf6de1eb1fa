-- SPDX-License-Identifier: Apache-2.0
-- Makes merged assets aliases; older aliases follow.
-- $1::int8 : batch
-- $2::int8 : run
UPDATE asset a
SET merged_into = m.into_id,
    merge_run = coalesce(a.merge_run, $2),
    merge_reason = CASE WHEN a.merge_reason = '' THEN m.reason ELSE a.merge_reason END
FROM stage_merge m
WHERE m.batch = $1 AND (a.asset_id = m.asset_id OR a.merged_into = m.asset_id)
