-- SPDX-License-Identifier: Apache-2.0
-- Notes on the assets that the run met that they are there and from where they were seen, where that
-- is new. What was retired stays so: that it answers is told by the review.
-- $1::int4 : bit of the vantage
UPDATE asset a
SET state = CASE a.state WHEN 'retired' THEN a.state ELSE 'seen' END,
    seen_from = a.seen_from | CASE WHEN r.outcome = 'up' THEN $1::int2 ELSE 0::int2 END
FROM run_met r
WHERE r.outcome <> 'quiet' AND a.asset_id = r.asset_id
  AND (a.state = 'quiet' OR (r.outcome = 'up' AND a.seen_from & $1 = 0))
