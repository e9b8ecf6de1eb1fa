-- SPDX-License-Identifier: Apache-2.0
-- Ports of SCTP (RFC 9260), IP protocol 132, by their name like those of TCP and UDP.

ALTER TABLE cadastre.exposure_justification
	DROP CONSTRAINT exposure_justification_transport_check,
	ADD CONSTRAINT exposure_justification_transport_check CHECK (transport IN (0, 6, 17, 132));
COMMENT ON COLUMN cadastre.service.transport IS 'IP protocol number: 6 TCP, 17 UDP, 132 SCTP';

-- Every view that spells a transport.
DO $$
DECLARE
	spelt record;
BEGIN
	FOR spelt IN
		SELECT c.oid::regclass AS name, pg_get_viewdef(c.oid) AS definition
		FROM pg_class c
		WHERE c.relnamespace = 'cadastre'::regnamespace AND c.relkind = 'v'
		  AND pg_get_viewdef(c.oid) LIKE '%WHEN 17 THEN ''udp''::text%'
	LOOP
		EXECUTE format('CREATE OR REPLACE VIEW %s AS %s', spelt.name,
			replace(spelt.definition, 'WHEN 17 THEN ''udp''::text',
				'WHEN 17 THEN ''udp''::text WHEN 132 THEN ''sctp''::text'));
	END LOOP;
END
$$;
