-- SPDX-License-Identifier: Apache-2.0
-- One asset's file in the time that people wait for. The views judge all assets at once, and planning
-- them costs more than reading what one asset has; what is asked of one asset is looked up step by
-- step, and what the register does not use is not looked for. The rules are those of the views
-- asset_system, asset_attested and asset_responsible: whoever changes one changes the other.
-- Names of tables are those of the session: they mean another time while one is entered, and all nodes
-- of a register. Tables that lie at one place and have no time, or where any time will do, are named
-- with their schema.

-- ---- the register, whenever ---------------------------------------------------------------------

-- Statements that ended are looked up too, so these are not of the open ones alone.
DROP INDEX cadastre.asset_statement_address, cadastre.asset_statement_name,
	cadastre.system_rule_prefix, cadastre.responsibility_prefix;
CREATE INDEX asset_statement_address ON cadastre.asset_statement (address)
	WHERE address IS NOT NULL;
CREATE INDEX asset_statement_name ON cadastre.asset_statement (lower(asset))
	WHERE selector = 'name';
CREATE INDEX asset_statement_ever ON cadastre.asset_statement (realm_id, selector, asset);
CREATE INDEX system_rule_prefix ON cadastre.system_rule USING gist (prefix inet_ops);
CREATE INDEX system_rule_ever ON cadastre.system_rule (realm_id, rule, value);
CREATE INDEX system_ever ON cadastre.system (realm_id, id);
CREATE INDEX system_tier_ever ON cadastre.system_tier (realm_id, system);
CREATE INDEX organisation_ever ON cadastre.organisation (realm_id, id);
CREATE INDEX responsibility_prefix ON cadastre.responsibility USING gist (prefix inet_ops);
CREATE INDEX responsibility_ever ON cadastre.responsibility (realm_id, subject, value);

-- Which assets appeared in a run; few pages hold them.
CREATE INDEX asset_first ON cadastre.asset USING brin (first_run);

-- Assets and facts of whatever time, by names that mean all nodes of a register.
CREATE VIEW cadastre.asset_now AS SELECT * FROM cadastre.asset;
COMMENT ON VIEW cadastre.asset_now IS 'Assets as they are now, whatever time a question is about';
CREATE VIEW cadastre.address_ever AS SELECT * FROM cadastre.address;
COMMENT ON VIEW cadastre.address_ever IS
	'Addresses as they are now, the closed ones too, whatever time a question is about';
CREATE VIEW cadastre.service_ever AS SELECT * FROM cadastre.service;
COMMENT ON VIEW cadastre.service_ever IS
	'Services as they are now, the closed ones too, whatever time a question is about';
CREATE VIEW cadastre.name_ever AS SELECT * FROM cadastre.name;
COMMENT ON VIEW cadastre.name_ever IS
	'Names as they are now, the closed ones too, whatever time a question is about';
CREATE VIEW cadastre.fact_ever AS SELECT * FROM cadastre.fact;
COMMENT ON VIEW cadastre.fact_ever IS
	'Facts as they are now, the closed ones too, whatever time a question is about';
CREATE VIEW cadastre.identity_key_ever AS SELECT * FROM cadastre.identity_key;
COMMENT ON VIEW cadastre.identity_key_ever IS
	'Keys of identity as they are now, the closed ones too, whatever time a question is about';

-- ---- one asset -------------------------------------------------------------------------------------

CREATE FUNCTION cadastre.asset_of(an_asset int8)
RETURNS TABLE (asset_id int8, realm_id int4, name text, role text, role_reason text, state text,
	vendor text, model text, os text, first_run int8, last_run int8, merged_into int8)
LANGUAGE sql STABLE ROWS 1 AS $$
	SELECT a.asset_id, a.realm_id, a.name, a.role, a.role_reason, a.state, a.vendor, a.model, a.os,
		a.first_run, a.last_run, a.merged_into
	FROM asset a WHERE a.asset_id = an_asset
$$;
COMMENT ON FUNCTION cadastre.asset_of(int8) IS 'asset, one of them';

-- At another time. Of an asset that nothing was decided of that is soon told; of the others the view
-- tells it.
CREATE FUNCTION cadastre.asset_then(an_asset int8)
RETURNS TABLE (asset_id int8, realm_id int4, name text, role text, role_reason text, state text,
	vendor text, model text, os text, first_run int8, last_run int8, merged_into int8)
LANGUAGE plpgsql STABLE ROWS 1 AS $$
#variable_conflict use_column
DECLARE
	a cadastre.asset_now;
	a_name text; a_role text; a_reason text; a_vendor text; a_model text; an_os text;
	first int8;
BEGIN
	SELECT * INTO a FROM asset_now o WHERE o.asset_id = an_asset;
	IF NOT FOUND THEN
		RETURN;
	END IF;
	IF a.merge_run IS NOT NULL OR EXISTS (SELECT FROM cadastre.asset_decision d
		WHERE d.asset_id = an_asset OR d.other_asset_id = an_asset)
	THEN
		RETURN QUERY SELECT o.asset_id, o.realm_id, o.name, o.role, o.role_reason, o.state,
			o.vendor, o.model, o.os, o.first_run, o.last_run, o.merged_into
			FROM asset o WHERE o.asset_id = an_asset;
		RETURN;
	END IF;
	first := (SELECT r.run_id FROM address_ever d JOIN cadastre.run_then r
			ON r.run_id = d.from_run
		WHERE d.asset_id = an_asset AND (d.until_run IS NULL OR d.until_run IS NOT NULL)
		ORDER BY r.ended, r.run_id LIMIT 1);
	IF first IS NULL AND NOT EXISTS (SELECT FROM asset_met m
			WHERE m.asset_id = an_asset AND m.outcome <> 'quiet')
		AND (NOT cadastre.runs_then() @> a.first_run
			OR EXISTS (SELECT FROM address_ever d WHERE d.asset_id = an_asset
				AND (d.until_run IS NULL OR d.until_run IS NOT NULL)))
	THEN
		RETURN;
	END IF;
	IF EXISTS (SELECT FROM asset_past o WHERE o.asset_id = an_asset) THEN
		SELECT o.name, o.role, o.role_reason, o.vendor, o.model, o.os
		INTO a_name, a_role, a_reason, a_vendor, a_model, an_os FROM asset_past o
		JOIN cadastre.run u ON u.run_id = o.until_run
		WHERE o.asset_id = an_asset AND NOT cadastre.runs_then() @> o.until_run
		ORDER BY u.ended, u.run_id LIMIT 1;
	END IF;
	RETURN QUERY SELECT a.asset_id, a.realm_id, coalesce(a_name, a.name),
		coalesce(a_role, a.role), coalesce(a_reason, a.role_reason),
		CASE WHEN EXISTS (SELECT FROM fact f WHERE f.asset_id = an_asset AND f.subject = ''
				AND f.attribute = 'state' AND f.source = 'intake')
			THEN 'quiet' ELSE 'seen' END,
		coalesce(a_vendor, a.vendor), coalesce(a_model, a.model),
		coalesce(an_os, a.os), coalesce(first, a.first_run),
		CASE WHEN (SELECT f.late FROM cadastre.run f WHERE f.run_id = a.first_run)
			THEN 0 ELSE a.first_run END, NULL::int8;
END $$;
COMMENT ON FUNCTION cadastre.asset_then(int8) IS 'asset of another time, one of them';

-- ---- what one asset is called ---------------------------------------------------------------------

CREATE FUNCTION cadastre.aliases_of(an_asset int8)
RETURNS TABLE (asset_id int8, merge_run int8, merge_reason text, first_run int8)
LANGUAGE plpgsql STABLE ROWS 1 AS $$
#variable_conflict use_column
BEGIN
	IF EXISTS (SELECT FROM asset_now WHERE merged_into = an_asset)
		OR EXISTS (SELECT FROM cadastre.asset_decision
			WHERE other_asset_id = an_asset AND kind = 'merge')
	THEN
		RETURN QUERY SELECT a.asset_id, a.merge_run, a.merge_reason, a.first_run
			FROM asset_alias a WHERE a.merged_into = an_asset;
	END IF;
END $$;
COMMENT ON FUNCTION cadastre.aliases_of(int8) IS 'What turned out to be this asset';

CREATE FUNCTION cadastre.called(an_asset int8) RETURNS text LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN (SELECT a.name FROM asset_of(an_asset) a);
END $$;
COMMENT ON FUNCTION cadastre.called(int8) IS 'The name of an asset; NULL: there is no such asset';

CREATE FUNCTION cadastre.asset_found(a_number int8, an_address inet, a_name text)
RETURNS SETOF int8 LANGUAGE plpgsql STABLE ROWS 1 AS $$
DECLARE
	hit int8[] := array_remove(ARRAY[a_number], NULL);
	candidates int8[];
BEGIN
	IF an_address IS NOT NULL THEN
		hit := hit || ARRAY(SELECT d.asset_id FROM address d
			WHERE d.address = an_address AND d.until_run IS NULL);
	END IF;
	IF a_name IS NOT NULL THEN
		candidates := ARRAY(SELECT o.asset_id FROM asset_now o
				WHERE lower(o.name) = lower(a_name)
			UNION SELECT p.asset_id FROM asset_past p
				WHERE lower(p.name) = lower(a_name));
		IF candidates <> '{}' THEN
			hit := hit || ARRAY(SELECT a.asset_id FROM asset a
				WHERE a.asset_id = ANY (candidates) AND lower(a.name) = lower(a_name)
					AND a.merged_into IS NULL);
		END IF;
		hit := hit || ARRAY(SELECT n.asset_id FROM name n
			WHERE lower(n.name) = lower(a_name) AND n.until_run IS NULL);
	END IF;
	IF a_name IS NOT NULL AND hit = '{}' THEN
		candidates := ARRAY(SELECT o.asset_id FROM asset_now o
				WHERE lower(split_part(o.name, '.', 1)) = lower(a_name)
			UNION SELECT p.asset_id FROM asset_past p
				WHERE lower(split_part(p.name, '.', 1)) = lower(a_name));
		IF candidates <> '{}' THEN
			hit := ARRAY(SELECT a.asset_id FROM asset a
				WHERE a.asset_id = ANY (candidates)
					AND lower(split_part(a.name, '.', 1)) = lower(a_name));
		END IF;
	END IF;
	WHILE EXISTS (SELECT FROM asset_now a
			WHERE a.asset_id = ANY (hit) AND a.merged_into IS NOT NULL)
		OR EXISTS (SELECT FROM cadastre.asset_decision d
			WHERE d.asset_id = ANY (hit) AND d.kind = 'merge')
	LOOP
		candidates := ARRAY(SELECT m.merged_into FROM asset_alias m
			WHERE m.asset_id = ANY (hit) AND m.merged_into <> ALL (hit));
		EXIT WHEN candidates = '{}';
		hit := hit || candidates;
	END LOOP;
	RETURN QUERY SELECT DISTINCT a.asset_id FROM unnest(hit) h CROSS JOIN LATERAL asset_of(h) a
		WHERE a.merged_into IS NULL ORDER BY 1;
END $$;
COMMENT ON FUNCTION cadastre.asset_found(int8, inet, text) IS
	'Assets by number, address or name, or by the first label of a name if there is no such name';

-- ---- what ties one asset to others, if anything does ---------------------------------------------

CREATE FUNCTION cadastre.decisions_of(an_asset int8)
RETURNS TABLE (attribute text, value text, grade text, source text, method text, from_run int8,
	until_run int8)
LANGUAGE plpgsql STABLE ROWS 1 AS $$
#variable_conflict use_column
DECLARE
	ids int8[] := an_asset || ARRAY(SELECT o.asset_id FROM aliases_of(an_asset) o);
BEGIN
	IF NOT EXISTS (SELECT FROM cadastre.asset_decision WHERE asset_id = ANY (ids))
		AND NOT EXISTS (SELECT FROM cadastre.asset_decision WHERE other_asset_id = ANY (ids))
	THEN
		RETURN;
	END IF;
	RETURN QUERY SELECT d.kind || ' ' || d.decision_id,
		CASE d.kind WHEN 'merge' THEN 'asset ' || d.asset_id || ' is asset '
				|| d.other_asset_id || ': '
			WHEN 'split' THEN 'asset ' || d.other_asset_id || ' is not asset '
				|| d.asset_id || ': '
			ELSE '' END || d.reason
			|| coalesce('; undone by ' || nullif(d.undone_by, '') || ' ' || d.undone_reason, ''),
		CASE d.verdict WHEN 'manual' THEN 'attested' ELSE 'derived' END, d.author,
		CASE d.verdict WHEN 'manual' THEN 'decision' ELSE 'identity' END,
		coalesce(d.run_id, 0), (SELECT max(u.run_id) FROM asset_decision u
			WHERE u.undoes = d.decision_id)
		FROM asset_decision d
		WHERE d.kind IN ('merge', 'split', 'retire', 'revive')
			AND (d.asset_id = ANY (ids) OR d.other_asset_id = ANY (ids));
END $$;
COMMENT ON FUNCTION cadastre.decisions_of(int8) IS
	'Decisions about an asset and what was merged into it, in words';

CREATE FUNCTION cadastre.links_of(an_asset int8)
RETURNS TABLE (layer text, value text, grade text, source text, method text, evidence bytea,
	from_run int8, until_run int8)
LANGUAGE plpgsql STABLE ROWS 5 AS $$
#variable_conflict use_column
BEGIN
	IF NOT EXISTS (SELECT FROM cadastre.link WHERE asset_id = an_asset
			AND (until_run IS NULL OR until_run IS NOT NULL))
		AND NOT EXISTS (SELECT FROM cadastre.link WHERE peer_asset_id = an_asset
			AND (until_run IS NULL OR until_run IS NOT NULL))
	THEN
		RETURN;
	END IF;
	RETURN QUERY SELECT l.layer, concat_ws(' ',
			coalesce(nullif(peer.name, host(at.address)), host(at.address), peer.name),
			'(' || CASE WHEN peer.name <> host(at.address) THEN host(at.address) END || ')',
			'(' || nullif(l.detail, '') || ')'),
		l.grade, l.source, l.method, l.evidence, l.from_run, l.until_run
	FROM link l
	CROSS JOIN LATERAL (SELECT CASE WHEN l.asset_id = an_asset THEN l.peer_asset_id
		ELSE l.asset_id END AS asset_id OFFSET 0) AS other
	CROSS JOIN LATERAL (SELECT called(other.asset_id) AS name OFFSET 0) AS peer
	LEFT JOIN LATERAL (
		SELECT l.peer_address AS address WHERE peer.name IS NULL
		UNION ALL
		(SELECT p.address FROM address p
		WHERE peer.name IS NOT NULL AND p.asset_id = other.asset_id
			AND p.until_run IS NULL
		ORDER BY EXISTS (SELECT FROM address o
				JOIN subnet n ON n.realm_id = o.realm_id AND n.until_import IS NULL
					AND n.prefix >>= o.address AND n.prefix >>= p.address
				WHERE o.asset_id = an_asset AND o.until_run IS NULL) DESC, p.address
		LIMIT 1)) AS at ON true
	WHERE l.asset_id = an_asset AND l.until_run IS NULL
		OR l.asset_id = an_asset AND l.until_run IS NOT NULL
		OR l.peer_asset_id = an_asset AND l.until_run IS NULL
		OR l.peer_asset_id = an_asset AND l.until_run IS NOT NULL;
END $$;
COMMENT ON FUNCTION cadastre.links_of(int8) IS
	'Links of an asset, each with what is at its other end: the address that shares a subnet of the register with the asset, if there is one';

CREATE FUNCTION cadastre.paths_of(an_asset int8)
RETURNS TABLE (attribute text, value text, grade text, method text, from_run int8, until_run int8)
LANGUAGE plpgsql STABLE ROWS 5 AS $$
#variable_conflict use_column
BEGIN
	IF NOT EXISTS (SELECT FROM cadastre.hop WHERE asset_id = an_asset
		AND (until_run IS NULL OR until_run IS NOT NULL))
	THEN
		RETURN;
	END IF;
	RETURN QUERY SELECT 'to ' || host(h.address) || ' from ' || h.vantage || ', hop '
			|| to_char(h.distance, 'FM00'),
		concat_ws(' ', nullif(peer.name, host(h.peer_address)), CASE
			WHEN peer.name <> host(h.peer_address) THEN '(' || host(h.peer_address) || ')'
			ELSE host(h.peer_address) END),
		CASE h.method WHEN 'import' THEN 'claimed' ELSE 'measured' END, h.method, h.from_run,
		h.until_run
	FROM hop h
	CROSS JOIN LATERAL (SELECT called(h.peer_asset_id) AS name OFFSET 0) AS peer
	WHERE h.asset_id = an_asset AND (h.until_run IS NULL OR h.until_run IS NOT NULL);
END $$;
COMMENT ON FUNCTION cadastre.paths_of(int8) IS 'Hops of the paths to an asset, in words';

-- ---- what the register says of one asset ------------------------------------------------------------

CREATE FUNCTION cadastre.attested_of(an_asset int8)
RETURNS TABLE (realm_id int4, attribute text, value text, selector text, asset text, as_of date,
	document text, from_import int8)
LANGUAGE plpgsql STABLE ROWS 5 AS $$
#variable_conflict use_column
DECLARE
	a_realm int4 := (SELECT a.realm_id FROM asset_now a WHERE a.asset_id = an_asset);
	ids text[]; addresses inet[]; macs text[]; names text[]; serials text[];
BEGIN
	IF NOT EXISTS (SELECT FROM cadastre.asset_statement s WHERE s.realm_id = a_realm) THEN
		RETURN;
	END IF;
	ids := an_asset::text || ARRAY(SELECT o.asset_id::text FROM aliases_of(an_asset) o);
	SELECT array_agg(d.address), array_agg(d.mac::text) FILTER (WHERE d.mac IS NOT NULL)
	INTO addresses, macs FROM address d WHERE d.asset_id = an_asset AND d.until_run IS NULL;
	names := ARRAY(SELECT lower(n.name) FROM name n
		WHERE n.asset_id = an_asset AND n.until_run IS NULL);
	SELECT array_agg(k.value) FILTER (WHERE k.type = 'serial'),
		macs || array_agg(k.value) FILTER (WHERE k.type = 'mac')
	INTO serials, macs FROM identity_key k
	WHERE k.asset_id = an_asset AND k.until_run IS NULL AND NOT k.shared
		AND k.type IN ('mac', 'serial');
	RETURN QUERY SELECT DISTINCT s.realm_id, s.attribute, s.value, s.selector, s.asset, s.as_of,
			s.document, s.from_import
		FROM asset_statement s
		WHERE s.realm_id = a_realm AND s.until_import IS NULL
			AND (s.selector = 'asset' AND s.asset = ANY (ids)
				OR s.address = ANY (addresses)
				OR s.selector = 'name' AND lower(s.asset) = ANY (names)
				OR s.selector = 'serial' AND s.asset = ANY (serials)
				OR s.selector = 'mac' AND s.asset = ANY (macs));
END $$;
COMMENT ON FUNCTION cadastre.attested_of(int8) IS 'asset_attested, of one asset';

-- A rule that names the asset: place and length say how near it is, as the views say.
CREATE TYPE cadastre.rule_hit AS (system text, rule text, value text, as_of date, document text,
	from_import int8, place int4, length int4, address inet);

CREATE FUNCTION cadastre.system_of(an_asset int8)
RETURNS TABLE (realm_id int4, system text, rule text, value text, as_of date, document text,
	from_import int8)
LANGUAGE plpgsql STABLE ROWS 1 AS $$
#variable_conflict use_column
DECLARE
	a_realm int4 := (SELECT a.realm_id FROM asset_now a WHERE a.asset_id = an_asset);
	a_role text;
	rules text[] := ARRAY(SELECT k FROM unnest(ARRAY['asset', 'name', 'tag', 'vlan']) k
		WHERE EXISTS (SELECT FROM cadastre.system_rule r
			WHERE r.realm_id = a_realm AND r.rule = k));
	addresses inet[] := ARRAY(SELECT d.address FROM address d
		WHERE d.asset_id = an_asset AND d.until_run IS NULL);
	hits cadastre.rule_hit[];
BEGIN
	hits := ARRAY(SELECT ROW(r.system, r.rule, r.value, r.as_of, r.document, r.from_import,
			CASE r.rule WHEN 'address' THEN 2 ELSE 6 END, masklen(r.prefix),
			d)::cadastre.rule_hit
		FROM unnest(addresses) d
		JOIN system_rule r ON r.realm_id = a_realm AND r.until_import IS NULL
			AND r.prefix >>= d);
	IF 'name' = ANY (rules) THEN
		hits := hits || ARRAY(SELECT ROW(r.system, r.rule, r.value, r.as_of, r.document,
				r.from_import, 3, length(r.value), n.address)::cadastre.rule_hit
			FROM name n
			JOIN system_rule r ON r.realm_id = a_realm AND r.until_import IS NULL
				AND r.rule = 'name' AND lower(n.name) LIKE r.pattern
			WHERE n.asset_id = an_asset AND n.until_run IS NULL);
	END IF;
	IF 'asset' = ANY (rules) THEN
		hits := hits || ARRAY(SELECT ROW(r.system, r.rule, r.value, r.as_of, r.document,
				r.from_import, 1, 0, NULL)::cadastre.rule_hit
			FROM system_rule r
			WHERE r.realm_id = a_realm AND r.until_import IS NULL AND r.rule = 'asset'
				AND r.value = ANY (an_asset::text
					|| ARRAY(SELECT o.asset_id::text FROM aliases_of(an_asset) o)));
	END IF;
	IF rules && ARRAY['tag', 'vlan'] THEN
		hits := hits || ARRAY(SELECT ROW(r.system, r.rule, r.value, r.as_of, r.document,
				r.from_import, CASE r.rule WHEN 'tag' THEN 4 ELSE 5 END, 0,
				NULL)::cadastre.rule_hit
			FROM attested_of(an_asset) t
			JOIN system_rule r ON r.realm_id = a_realm AND r.until_import IS NULL
				AND r.rule = t.attribute AND r.value = t.value
			WHERE t.attribute IN ('tag', 'vlan'));
	END IF;
	IF 'vlan' = ANY (rules) THEN
		hits := hits || ARRAY(SELECT ROW(r.system, r.rule, r.value, r.as_of, r.document,
				r.from_import, 5, masklen(n.prefix), d)::cadastre.rule_hit
			FROM unnest(addresses) d
			JOIN subnet n ON n.realm_id = a_realm AND n.until_import IS NULL
				AND n.prefix >>= d
			JOIN system_rule r ON r.realm_id = a_realm AND r.until_import IS NULL
				AND r.rule = 'vlan' AND r.value = n.vlan::text);
	END IF;
	IF cardinality(hits) > 1 THEN
		a_role := (SELECT a.role FROM asset_of(an_asset) a);
		hits := ARRAY(SELECT h.hit
			FROM (SELECT DISTINCT ON (o.address) o AS hit FROM unnest(hits) o
				ORDER BY o.address, o.place, o.length DESC, o.system) h
			LEFT JOIN system s ON s.realm_id = a_realm AND s.id = (h.hit).system
				AND s.until_import IS NULL
			ORDER BY (h.hit).place, (a_role IN ('router', 'switch', 'firewall')
				AND s.kind = 'network-facility') DESC, (h.hit).length DESC,
				(h.hit).address, (h.hit).system
			LIMIT 1);
	END IF;
	RETURN QUERY SELECT a_realm, h.system, h.rule, h.value, h.as_of, h.document, h.from_import
		FROM unnest(hits) h;
END $$;
COMMENT ON FUNCTION cadastre.system_of(int8) IS 'asset_system, of one asset';

CREATE FUNCTION cadastre.responsible_of(an_asset int8, a_day date)
RETURNS TABLE (realm_id int4, duty text, organisation text, organisation_name text, subject text,
	value text, as_of date, document text, from_import int8)
LANGUAGE plpgsql STABLE ROWS 5 AS $$
#variable_conflict use_column
DECLARE
	a_realm int4 := (SELECT a.realm_id FROM asset_now a WHERE a.asset_id = an_asset);
	addresses inet[]; ids text[]; names text[]; systems text[]; vlans text[];
	tags text[];
	subjects text[];
BEGIN
	subjects := ARRAY(SELECT k FROM unnest(ARRAY['asset', 'address', 'prefix', 'name', 'tag',
			'vlan', 'system']) k
		WHERE EXISTS (SELECT FROM cadastre.responsibility r
			WHERE r.realm_id = a_realm AND r.subject = k));
	IF subjects = '{}' THEN
		RETURN;
	END IF;
	IF 'asset' = ANY (subjects) THEN
		ids := an_asset::text || ARRAY(SELECT o.asset_id::text FROM aliases_of(an_asset) o);
	END IF;
	IF subjects && ARRAY['address', 'prefix', 'vlan'] THEN
		addresses := ARRAY(SELECT d.address FROM address d
			WHERE d.asset_id = an_asset AND d.until_run IS NULL);
	END IF;
	IF 'name' = ANY (subjects) THEN
		names := ARRAY(SELECT lower(n.name) FROM name n
			WHERE n.asset_id = an_asset AND n.until_run IS NULL);
	END IF;
	IF subjects && ARRAY['tag', 'vlan'] THEN
		SELECT array_agg(t.value) FILTER (WHERE t.attribute = 'tag'),
			array_agg(t.value) FILTER (WHERE t.attribute = 'vlan')
		INTO tags, vlans FROM attested_of(an_asset) t WHERE t.attribute IN ('tag', 'vlan');
	END IF;
	IF 'system' = ANY (subjects) THEN
		systems := ARRAY(SELECT m.system FROM system_of(an_asset) m);
	END IF;
	RETURN QUERY
	WITH edge AS MATERIALIZED (
		SELECT r.* FROM responsibility r
		WHERE r.realm_id = a_realm AND r.until_import IS NULL AND r.valid_from <= a_day
			AND (r.valid_until IS NULL OR r.valid_until >= a_day)
			AND (r.subject = 'asset' AND r.value = ANY (ids)
				OR r.subject = 'system' AND r.value = ANY (systems)
				OR r.subject = 'tag' AND r.value = ANY (tags)
				OR r.subject IN ('name', 'vlan')
				OR r.prefix IN (SELECT b.prefix FROM unnest(addresses) d
					JOIN cadastre.responsibility b ON b.prefix >>= d))
	), hit AS (
		SELECT CASE e.subject WHEN 'asset' THEN 1 WHEN 'tag' THEN 4 ELSE 7 END AS place,
			0 AS length, e.*
		FROM edge e WHERE e.subject IN ('asset', 'tag', 'system')
		UNION ALL
		SELECT CASE e.subject WHEN 'address' THEN 2 ELSE 6 END, masklen(e.prefix), e.*
		FROM edge e JOIN unnest(addresses) d ON e.prefix >>= d
		UNION ALL
		SELECT 3, length(e.value), e.*
		FROM edge e JOIN unnest(names) n ON n LIKE translate(replace(replace(replace(
			lower(e.value), '\', '\\'), '%', '\%'), '_', '\_'), '*?', '%_')
		WHERE e.subject = 'name'
		UNION ALL
		SELECT 5, 0, e.* FROM edge e WHERE e.subject = 'vlan' AND e.value = ANY (vlans)
		UNION ALL
		SELECT 5, masklen(n.prefix), e.*
		FROM edge e
		JOIN subnet n ON n.realm_id = a_realm AND n.until_import IS NULL
			AND n.vlan::text = e.value
		JOIN unnest(addresses) d ON n.prefix >>= d
		WHERE e.subject = 'vlan'
	)
	SELECT DISTINCT ON (h.duty, h.organisation) h.realm_id, h.duty, h.organisation, o.name,
		h.subject, h.value, h.as_of, h.document, h.from_import
	FROM (SELECT hit.*, rank() OVER (PARTITION BY hit.duty
			ORDER BY hit.place, hit.length DESC) AS first
		FROM hit) h
	LEFT JOIN organisation o ON o.realm_id = h.realm_id AND o.id = h.organisation
		AND o.until_import IS NULL
	WHERE h.first = 1
	ORDER BY h.duty, h.organisation, h.value;
END $$;
COMMENT ON FUNCTION cadastre.responsible_of(int8, date) IS
	'asset_responsible, of one asset on one day';

-- Whose an asset is: now that is kept, of another time it is found.
CREATE FUNCTION cadastre.member_of(an_asset int8) RETURNS TABLE (system text)
LANGUAGE sql STABLE ROWS 1 AS $$
	SELECT m.system FROM cadastre.asset_member m WHERE m.asset_id = an_asset
$$;
COMMENT ON FUNCTION cadastre.member_of(int8) IS 'The system of an asset';

DO $$
DECLARE
	body text := pg_get_functiondef('cadastre.as_of_build()'::regprocedure);
	views text := 'NOT IN (''run_then'', ';
	place text := '				SELECT asset_id, realm_id, system FROM cadastre_as_of.asset_system;
';
BEGIN
	IF position(place IN body) = 0 OR position(views IN body) = 0 THEN
		RAISE EXCEPTION 'as_of_build() is not as expected';
	END IF;
	body := replace(body, views, views || '''asset_now'', ''address_ever'', ''service_ever'', '
		'''name_ever'', ''fact_ever'', ''identity_key_ever'', ');
	EXECUTE replace(body, place, place || '			CREATE FUNCTION cadastre_as_of.member_of(an_asset int8)
			RETURNS TABLE (system text) LANGUAGE sql STABLE ROWS 1 AS
				''SELECT system FROM cadastre.system_of(an_asset)'';
			CREATE FUNCTION cadastre_as_of.asset_of(an_asset int8)
			RETURNS TABLE (asset_id int8, realm_id int4, name text, role text,
				role_reason text, state text, vendor text, model text, os text,
				first_run int8, last_run int8, merged_into int8)
			LANGUAGE sql STABLE ROWS 1 AS
				''SELECT * FROM cadastre.asset_then(an_asset)'';
');
END $$;
