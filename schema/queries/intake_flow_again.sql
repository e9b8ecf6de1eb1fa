-- SPDX-License-Identifier: Apache-2.0
-- Notes on flows that were seen no more than seven days before that they were seen again.
-- $1::int8 : batch
-- $2::int8 : run
UPDATE flow_seen f
SET last_run = $2,
    protocol = CASE t.protocol WHEN '' THEN f.protocol ELSE t.protocol END,
    way = CASE t.way WHEN 'unknown' THEN f.way ELSE t.way END
FROM (
    SELECT DISTINCT ON (address, peer, transport, port) address, peer, transport, port, protocol, way
    FROM stage_link WHERE batch = $1 AND layer = 'flow' AND address <> peer
    ORDER BY address, peer, transport, port, protocol = '', protocol, way
) AS t, run n, run l
WHERE n.run_id = $2 AND l.run_id = f.last_run AND f.realm_id = n.realm_id
  AND f.client = t.address AND f.server = t.peer AND f.transport = t.transport AND f.port = t.port
  AND l.ended BETWEEN n.ended - interval '7 days' AND n.ended
