-- SPDX-License-Identifier: Apache-2.0
-- Notes on the assets that the run met that they are there and from where they were seen, where that
-- is new.
-- $1::int8 : run
-- $2::int4 : bit of the vantage
UPDATE asset a
SET state = 'seen',
    seen_from = a.seen_from | CASE WHEN r.outcome = 'up' THEN $2::int2 ELSE 0::int2 END
FROM asset_run r
WHERE r.run_id = $1 AND r.outcome <> 'quiet' AND a.asset_id = r.asset_id
  AND (a.state <> 'seen' OR (r.outcome = 'up' AND a.seen_from & $2 = 0))
