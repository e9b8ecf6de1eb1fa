-- SPDX-License-Identifier: Apache-2.0
-- What speaks at the ports of flows that were not recognised themselves.
-- $1::int4 : realm
SELECT v.address, v.transport, v.port, min(v.protocol COLLATE "C")
FROM (SELECT DISTINCT server, transport, port FROM flow_seen WHERE realm_id = $1 AND protocol = '') AS f
JOIN service v ON v.address = f.server AND v.transport = f.transport AND v.port = f.port
WHERE v.realm_id = $1 AND v.until_run IS NULL AND v.protocol <> ''
GROUP BY v.address, v.transport, v.port
