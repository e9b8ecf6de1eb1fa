-- SPDX-License-Identifier: Apache-2.0
-- Members of the decided boundary that an official added.
-- $1::int8 : the decided boundary
INSERT INTO boundary_member (boundary_id, place, asset_id, name, role, why, system, via_asset_id,
    protocol, transport, port, seen, run_id, conduit, observed, reason)
SELECT $1, 1000000000 + c.place, c.asset_id, c.name, coalesce(a.role, 'unknown'), 'added',
    coalesce(m.system, ''), 0, '', 0, 0, NULL, 0, '', false, c.reason
FROM boundary_change c
LEFT JOIN asset a USING (asset_id)
LEFT JOIN asset_member m USING (asset_id)
WHERE c.boundary_id = $1 AND c.act = 'add'
