-- SPDX-License-Identifier: Apache-2.0
-- Members of the decided boundary that the maximum has too, as they stand there.
-- $1::int8 : the decided boundary
-- $2::int8 : the maximum
INSERT INTO boundary_member (boundary_id, place, asset_id, name, role, why, system, via_asset_id,
    protocol, transport, port, seen, run_id, conduit, observed, reason)
SELECT $1, m.place, m.asset_id, m.name, m.role, m.why, m.system, m.via_asset_id, m.protocol,
    m.transport, m.port, m.seen, m.run_id, m.conduit, m.observed, m.reason
FROM boundary_member m
WHERE m.boundary_id = $2 AND NOT EXISTS (
    SELECT FROM boundary_change c
    WHERE c.boundary_id = $1 AND c.act = 'remove' AND c.asset_id = m.asset_id)
