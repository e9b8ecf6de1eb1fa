-- SPDX-License-Identifier: Apache-2.0
-- Notes on the assets that the run met when and from where they were seen.
-- $1::int8 : run
-- $2::int4 : bit of the vantage
UPDATE asset a
SET last_run = $1,
    state = CASE a.state WHEN 'retired' THEN a.state ELSE 'seen' END,
    seen_from = a.seen_from | CASE WHEN r.outcome = 'up' THEN $2::int2 ELSE 0::int2 END
FROM asset_run r
WHERE r.run_id = $1 AND r.outcome <> 'quiet' AND a.asset_id = r.asset_id
