-- SPDX-License-Identifier: Apache-2.0
-- Where the last map of a realm had everything, so that the next one has it there too (docs/adr/0018).

CREATE TABLE cadastre.map_slot (
	realm_id int4 NOT NULL REFERENCES cadastre.realm,
	map text NOT NULL,
	places bytea NOT NULL,
	drawn timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (realm_id, map)
);
COMMENT ON TABLE cadastre.map_slot IS
	'Places of sectors, systems, networks and assets on the last sheet of a map; made by the mapper, and made anew without them';
COMMENT ON COLUMN cadastre.map_slot.map IS 'which sheet: district';
COMMENT ON COLUMN cadastre.map_slot.places IS 'as mapper/sheet/district_keep.c writes them';
