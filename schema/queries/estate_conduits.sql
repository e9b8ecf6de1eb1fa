-- SPDX-License-Identifier: Apache-2.0
-- Conduits between zones, one row for each pair of zones of one.
-- $1::text : realm; NULL: all
SELECT c.id, c.name, low.zone, high.zone, c.boundary_device, array_to_string(c.protocols, ', ')
FROM conduit c
JOIN realm r USING (realm_id)
CROSS JOIN LATERAL unnest(c.zones) WITH ORDINALITY AS low (zone, place)
CROSS JOIN LATERAL unnest(c.zones) WITH ORDINALITY AS high (zone, place)
WHERE c.until_import IS NULL AND low.place < high.place AND low.zone <> high.zone
    AND ($1 IS NULL OR r.name = $1)
ORDER BY c.id COLLATE "C", low.place, high.place
