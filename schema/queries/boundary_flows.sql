-- SPDX-License-Identifier: Apache-2.0
-- Flows as they were seen, each as often as it began anew.
-- $1::int4 : realm
SELECT f.client, f.server, f.transport, f.port, f.protocol, f.way,
    (extract(epoch FROM e.ended) * 1000000)::int8, f.last_run
FROM flow_seen f JOIN run e ON e.run_id = f.last_run
WHERE f.realm_id = $1
