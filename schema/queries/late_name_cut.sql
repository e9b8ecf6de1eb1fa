-- SPDX-License-Identifier: Apache-2.0
-- Rows of other late runs in the table name reach to this run, which looked there too, instead of to
-- a later one: the order in which late runs come makes no difference. What is open and was looked
-- for by a newer run stays.
-- $1::int8 : batch
-- $2::int8 : run
UPDATE name o
SET until_run = $2,
    ended_before = nullif(array_remove(o.ended_before || o.until_run, NULL), '{}')
FROM late_place p, run f
WHERE o.asset_id = p.asset_id AND o.address = p.address
  AND (p.looked OR EXISTS (
        SELECT FROM stage_statement s
        WHERE s.batch = $1 AND s.kind = 'name' AND s.address = p.address AND s.value = o.name
            AND s.source = o.source)) AND o.from_run = f.run_id AND f.late
  AND f.ended < p.ended
  AND CASE WHEN o.until_run IS NULL THEN p.next_run IS NULL
           ELSE (SELECT u.ended > p.ended FROM run u WHERE u.run_id = o.until_run) END
