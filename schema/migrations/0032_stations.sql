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
CREATE INDEX identity_key_station_ended ON cadastre.identity_key (hashtextextended(value, 0))
	WHERE type = 'station' AND until_run IS NOT NULL;

COMMENT ON COLUMN cadastre.name.address IS
	'Where it was told; place_text() shows it: it may stand for a MAC';
COMMENT ON COLUMN cadastre.key_sighting.address IS
	'Where it was shown; place_text() shows it: it may stand for a MAC';
COMMENT ON COLUMN cadastre.fact.subject IS
	'What of it: "198.18.10.11 tcp/443" for a service, an address, the MAC of a station that has none, or '
	'empty for the whole. Facts of a service end with it; a list of changes names the service only';

-- Functions and views of before, with a part of each in other words.
CREATE FUNCTION pg_temp.reworded(a_body text, VARIADIC parts text[]) RETURNS text
LANGUAGE plpgsql AS $$
BEGIN
	FOR i IN 1 .. cardinality(parts) BY 2 LOOP
		IF position(parts[i] IN a_body) = 0 THEN
			RAISE EXCEPTION 'the schema is not as expected: % is not in %', parts[i], a_body;
		END IF;
		a_body := replace(a_body, parts[i], parts[i + 1]);
	END LOOP;
	RETURN a_body;
END $$;

-- What tells where a name was told, and what goes with an address that leaves an asset of another node.
DO $$
BEGIN
	EXECUTE 'CREATE OR REPLACE VIEW cadastre.asset_history AS '
		|| pg_temp.reworded(pg_get_viewdef('cadastre.asset_history'::regclass),
			'host(name.address)', 'cadastre.place_text(name.address)');
	EXECUTE pg_temp.reworded(pg_get_functiondef('cadastre.node_far_close(int8, int8)'::regprocedure),
		'host(m.address)', 'cadastre.place_text(m.address)');
	EXECUTE pg_temp.reworded(pg_get_functiondef('cadastre.node_far_rows(int8, int8)'::regprocedure),
		'host(m.address)', 'cadastre.place_text(m.address)',
		'host(min(m.address))', 'cadastre.place_text(min(m.address))');
END $$;

-- What a register states of a MAC is of the station with it, made up or not; and a station that no system
-- of the register claims is told.
DO $$
BEGIN
	EXECUTE 'CREATE OR REPLACE VIEW cadastre.asset_attested AS '
		|| pg_temp.reworded(pg_get_viewdef('cadastre.asset_attested'::regclass),
			'(s.selector = k.type)',
			'(s.selector = CASE k.type WHEN ''station'' THEN ''mac'' ELSE k.type END)',
			'ARRAY[''mac''::text, ''serial''::text]', 'ARRAY[''mac'', ''serial'', ''station'']');

	EXECUTE pg_temp.reworded(pg_get_functiondef('cadastre.attested_of(int8)'::regprocedure),
		'FILTER (WHERE k.type = ''mac'')', 'FILTER (WHERE k.type IN (''mac'', ''station''))',
		'IN (''mac'', ''serial'')', 'IN (''mac'', ''serial'', ''station'')');

	EXECUTE 'CREATE OR REPLACE VIEW cadastre.review_disagreement AS '
		|| pg_temp.reworded(regexp_replace(pg_get_viewdef('cadastre.review_disagreement'::regclass),
				'\)\s+SELECT i\.realm_id', ') SELECT i.realm_id'),
			'), compared AS (',
			'UNION ALL SELECT k.asset_id, ''mac'', k.value FROM cadastre.identity_key k '
			'WHERE k.type = ''station'' AND k.until_run IS NULL), compared AS (',
			') SELECT i.realm_id',
			'UNION ALL SELECT a.realm_id, a.asset_id, ''met, not stated'', '
			'''no system of the register claims '' || string_agg(k.value, '', '' ORDER BY k.value), '
			'min(f.ended) '
			'FROM cadastre.asset a '
			'JOIN cadastre.identity_key k ON k.asset_id = a.asset_id AND k.type = ''station'' '
			'AND k.until_run IS NULL '
			'LEFT JOIN cadastre.run f ON f.run_id = a.first_run '
			'LEFT JOIN cadastre.asset_member m ON m.asset_id = a.asset_id '
			'WHERE m.asset_id IS NULL AND a.merged_into IS NULL AND a.state <> ''retired'' '
			'AND NOT EXISTS (SELECT FROM cadastre.address d '
			'WHERE d.asset_id = a.asset_id AND d.until_run IS NULL) '
			'AND EXISTS (SELECT FROM cadastre.system s WHERE s.realm_id = a.realm_id '
			'AND s.until_import IS NULL AND NOT s.external) '
			'GROUP BY a.realm_id, a.asset_id) SELECT i.realm_id');
END $$;

-- At another time an asset was first met by the first run that gave it an address, or met it without one.
DO $$
DECLARE
	met text := '(SELECT asset_id, from_run, until_run FROM cadastre.address UNION ALL '
		'SELECT asset_id, from_run, until_run FROM cadastre.identity_key '
		'WHERE type = ''station'') d';
	ever text := '(SELECT asset_id, from_run, until_run FROM address_ever UNION ALL '
		'SELECT asset_id, from_run, until_run FROM identity_key_ever '
		'WHERE type = ''station'') d';
BEGIN
	EXECUTE pg_temp.reworded(pg_get_functiondef('cadastre.as_of_build()'::regprocedure),
		'JOIN cadastre.address d ON d.asset_id = self.asset_id',
		'JOIN ' || met || ' ON d.asset_id = self.asset_id',
		'SELECT r.run_id FROM cadastre.address d', 'SELECT r.run_id FROM ' || met);
	EXECUTE pg_temp.reworded(pg_get_functiondef('cadastre.asset_then(int8)'::regprocedure),
		'FROM address_ever d JOIN cadastre.run r', 'FROM ' || ever || ' JOIN cadastre.run r');
END $$;

DROP FUNCTION pg_temp.reworded;
