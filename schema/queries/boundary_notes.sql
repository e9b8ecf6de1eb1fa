-- SPDX-License-Identifier: Apache-2.0
-- Where the way of a boundary ended, and what an official removed.
-- $1::int8 : boundary
SELECT what, asset_id, system, protocol, transport, port, conduit, peers,
    coalesce((extract(epoch FROM seen) * 1000000)::int8, 0), followed, words
FROM (
    SELECT 0 AS part, place, what, asset_id, system, protocol, transport, port, conduit, peers, seen,
        followed, words
    FROM boundary_note WHERE boundary_id = $1
    UNION ALL
    SELECT 1, place, 'removed', asset_id, '', '', 0, 0, '', 0, NULL, false,
        name || ' is not in the boundary: ' || reason
    FROM boundary_change WHERE boundary_id = $1 AND act = 'remove') AS n
ORDER BY part, place
