-- SPDX-License-Identifier: Apache-2.0
-- The topology sheet keeps its places as well (docs/adr/0018), in the table that there is.

COMMENT ON TABLE cadastre.map_slot IS
	'Places of sectors, systems, networks, routers and assets on the last sheet of a map; made by the mapper, and made anew without them';
COMMENT ON COLUMN cadastre.map_slot.map IS 'which sheet: district or topology';
COMMENT ON COLUMN cadastre.map_slot.places IS
	'as mapper/sheet/district_keep.c and mapper/sheet/topology_keep.c write them';
