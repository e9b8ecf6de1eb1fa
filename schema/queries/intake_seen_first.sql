-- SPDX-License-Identifier: Apache-2.0
-- The same for assets of which no run had said anything.
-- $1::int8 : run
INSERT INTO asset_seen (asset_id, last_run, n, up, heard, quiet)
SELECT m.asset_id, CASE m.outcome WHEN 'quiet' THEN a.last_run ELSE $1 END, 1,
       CASE m.outcome WHEN 'up' THEN r.run END, CASE m.outcome WHEN 'heard' THEN r.run END,
       CASE m.outcome WHEN 'quiet' THEN r.run END
FROM run_met m
JOIN asset a USING (asset_id)
CROSS JOIN (SELECT int4multirange(int4range($1::int4, $1::int4, '[]')) AS run) r
WHERE NOT EXISTS (SELECT FROM asset_seen s WHERE s.asset_id = m.asset_id)
ORDER BY m.asset_id
