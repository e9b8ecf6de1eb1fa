-- SPDX-License-Identifier: Apache-2.0
-- Adds flows that were not known to go on at the time of this run, late or not.
-- $1::int8 : batch
-- $2::int8 : run
-- $3::int4 : realm
INSERT INTO flow_seen (realm_id, client, server, transport, port, protocol, way, first_run, last_run)
SELECT DISTINCT ON (t.address, t.peer, t.transport, t.port) $3, t.address, t.peer, t.transport,
    t.port, t.protocol, t.way, $2, $2
FROM stage_link t
JOIN run n ON n.run_id = $2
WHERE t.batch = $1 AND t.layer = 'flow' AND t.address <> t.peer AND NOT EXISTS (
    SELECT FROM flow_seen f
    JOIN run b ON b.run_id = f.first_run
    JOIN run e ON e.run_id = f.last_run
    WHERE f.realm_id = $3 AND f.client = t.address AND f.server = t.peer
      AND f.transport = t.transport AND f.port = t.port
      AND n.ended BETWEEN b.ended AND e.ended)
ORDER BY t.address, t.peer, t.transport, t.port, t.protocol = '', t.protocol, t.way
