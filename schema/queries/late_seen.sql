-- SPDX-License-Identifier: Apache-2.0
-- Notes on the assets that a late run met that it did, and when they were seen, where no newer run met
-- them.
-- $1::int8 : run
INSERT INTO asset_seen AS s (asset_id, last_run, n, up, heard)
SELECT m.asset_id, $1, 1, CASE m.outcome WHEN 'up' THEN r.run END,
       CASE m.outcome WHEN 'heard' THEN r.run END
FROM run_met m
CROSS JOIN (SELECT int4multirange(int4range($1::int4, $1::int4, '[]')) AS run) r
ORDER BY m.asset_id
ON CONFLICT (asset_id) DO UPDATE
SET last_run = CASE WHEN (SELECT ended FROM run WHERE run_id = s.last_run)
                         < (SELECT ended FROM run WHERE run_id = $1)
                    THEN excluded.last_run ELSE s.last_run END,
    n = CASE WHEN s.n < 64 THEN s.n + 1 ELSE 1 END,
    up = CASE WHEN s.n < 64 THEN coalesce(s.up + excluded.up, s.up, excluded.up)
              ELSE excluded.up END,
    heard = CASE WHEN s.n < 64 THEN coalesce(s.heard + excluded.heard, s.heard, excluded.heard)
                 ELSE excluded.heard END,
    quiet = CASE WHEN s.n < 64 THEN s.quiet END
