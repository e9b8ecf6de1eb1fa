-- SPDX-License-Identifier: Apache-2.0
-- Stations that have no address, as far as was heard, are assets (adr/0016). In staging, and where a name
-- or a key was seen, the MAC stands as an address of 100::/64, to which nothing can be sent (RFC 6666); no
-- row of cadastre.address has one. common/model/place.c says the same.

CREATE FUNCTION cadastre.place_is_mac(a_place inet) RETURNS bool
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT a_place <<= inet '100::/64' $$;
COMMENT ON FUNCTION cadastre.place_is_mac(inet) IS
	'Whether it stands for the MAC of a station that has no address';

CREATE FUNCTION cadastre.place_text(a_place inet) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT CASE WHEN a_place <<= inet '100::/64'
		THEN lpad(to_hex(a_place - inet '100::'), 12, '0')::macaddr::text
		ELSE host(a_place) END
$$;
COMMENT ON FUNCTION cadastre.place_text(inet) IS
	'An address, or the MAC of a station that has none, as it is shown';

-- What says where it was met, and proves nothing beyond that.
INSERT INTO cadastre.key_rule (pattern, strength, note, score, holds, joins, most) VALUES
	('^station$', 'weak', 'the MAC by which a station without an address was met', 0, 'many', false, 1);

-- They are few.
CREATE INDEX identity_key_station ON cadastre.identity_key (realm_id, asset_id)
	WHERE type = 'station' AND until_run IS NULL;

COMMENT ON COLUMN cadastre.name.address IS
	'Where it was told; place_text() shows it: it may stand for a MAC';
COMMENT ON COLUMN cadastre.key_sighting.address IS
	'Where it was shown; place_text() shows it: it may stand for a MAC';
COMMENT ON COLUMN cadastre.fact.subject IS
	'What of it: "198.18.10.11 tcp/443" for a service, an address, the MAC of a station that has none, or '
	'empty for the whole. Facts of a service end with it; a list of changes names the service only';

-- What tells where a name was told, and what goes with an address that leaves an asset of another node.
DO $$
DECLARE
	told regclass := 'cadastre.asset_history';
	moved regprocedure;
	body text;
BEGIN
	body := pg_get_viewdef(told);
	ASSERT body LIKE '%host(name.address)%';
	EXECUTE 'CREATE OR REPLACE VIEW cadastre.asset_history AS '
		|| replace(body, 'host(name.address)', 'cadastre.place_text(name.address)');
	FOREACH moved IN ARRAY ARRAY['cadastre.node_far_close(int8, int8)',
		'cadastre.node_far_rows(int8, int8)']::regprocedure[]
	LOOP
		body := pg_get_functiondef(moved);
		ASSERT body LIKE '%host(m.address)%';
		EXECUTE replace(replace(body, 'host(m.address)', 'cadastre.place_text(m.address)'),
			'host(min(m.address))', 'cadastre.place_text(min(m.address))');
	END LOOP;
END $$;
