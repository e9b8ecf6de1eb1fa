-- SPDX-License-Identifier: Apache-2.0
-- Notes on the assets of which the run says something that it does, and when they were seen.
-- $1::int8 : run
UPDATE asset_seen s
SET last_run = CASE WHEN m.quiet IS NULL THEN greatest(s.last_run, $1) ELSE s.last_run END,
    n = CASE WHEN s.n < 64 THEN s.n + 1 ELSE 1 END,
    up = CASE WHEN s.n < 64 THEN coalesce(s.up + m.up, s.up, m.up) ELSE m.up END,
    heard = CASE WHEN s.n < 64 THEN coalesce(s.heard + m.heard, s.heard, m.heard) ELSE m.heard END,
    quiet = CASE WHEN s.n < 64 THEN coalesce(s.quiet + m.quiet, s.quiet, m.quiet) ELSE m.quiet END
FROM (SELECT asset_id, CASE outcome WHEN 'up' THEN r.run END AS up,
             CASE outcome WHEN 'heard' THEN r.run END AS heard,
             CASE outcome WHEN 'quiet' THEN r.run END AS quiet
      FROM run_met
      CROSS JOIN (SELECT int4multirange(int4range($1::int4, $1::int4, '[]')) AS run) r) m
WHERE s.asset_id = m.asset_id
