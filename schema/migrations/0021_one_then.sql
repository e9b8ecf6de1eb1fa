-- SPDX-License-Identifier: Apache-2.0
-- One asset's file of another time, for a session that has just begun. The views of other times reckon
-- once for all rows what one of them is judged by, which costs more to plan than an asset has rows; here
-- each row is judged by itself. Which rows hold is what as_of_build() says; whoever changes it changes
-- this.

-- Whether a fact held: the run that began it counts, and none that ended it does.
CREATE FUNCTION cadastre.held_then(a_from int8, an_until int8, an_ended_before int8[]) RETURNS bool
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
	runs int8multirange := cadastre.runs_then();
BEGIN
	RETURN runs @> a_from AND NOT coalesce(runs @> an_until, false)
		AND (an_ended_before IS NULL OR an_until IS NULL
			OR NOT EXISTS (SELECT FROM unnest(an_ended_before) r WHERE runs @> r));
END $$;
COMMENT ON FUNCTION cadastre.held_then(int8, int8, int8[]) IS
	'Whether a fact held at the time that is asked about';

-- Open and closed rows have indexes of their own, so both kinds are named.
DO $$
DECLARE
	tab name;
BEGIN
	FOREACH tab IN ARRAY ARRAY['address', 'fact', 'identity_key', 'name', 'service'] LOOP
		EXECUTE format('CREATE VIEW cadastre.%I AS SELECT * FROM cadastre.%I
			WHERE until_run IS NULL OR until_run IS NOT NULL', tab || '_one', tab);
		EXECUTE format('COMMENT ON VIEW cadastre.%I IS %L', tab || '_one',
			tab || ', for a question about one asset; at another time few rows are soon read');
	END LOOP;
END $$;
CREATE VIEW cadastre.met_one AS
SELECT m.asset_id, m.run_id, m.outcome, r.vantage, r.ended
FROM cadastre.asset_met m JOIN cadastre.run r USING (run_id) WHERE m.outcome <> 'quiet';
COMMENT ON VIEW cadastre.met_one IS
	'Which run met which asset, for a question about one asset; at another time few rows are soon read';

-- The newest run that met an asset: now that is kept, of another time it is found.
CREATE FUNCTION cadastre.seen_of(an_asset int8) RETURNS TABLE (last_run int8)
LANGUAGE sql STABLE ROWS 1 AS $$
	SELECT s.last_run FROM asset_seen s WHERE s.asset_id = an_asset
$$;
COMMENT ON FUNCTION cadastre.seen_of(int8) IS 'The newest run that met an asset';

-- Asked of the few that were retired.
CREATE FUNCTION cadastre.met_since_retired(an_asset int8) RETURNS bool LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN EXISTS (SELECT FROM asset_decision d
		JOIN asset_met m ON m.asset_id = d.asset_id AND m.run_id > d.run_id
			AND m.outcome <> 'quiet'
		WHERE d.asset_id = an_asset AND d.kind = 'retire' AND d.undone IS NULL);
END $$;
COMMENT ON FUNCTION cadastre.met_since_retired(int8) IS
	'Whether a run met an asset after a decision to retire it that holds';

-- As it was, but what few assets need is planned for those.
CREATE OR REPLACE FUNCTION cadastre.asset_then(an_asset int8)
RETURNS TABLE (asset_id int8, realm_id int4, name text, role text, role_reason text, state text,
	vendor text, model text, os text, first_run int8, last_run int8, merged_into int8)
LANGUAGE plpgsql STABLE ROWS 1 AS $$
#variable_conflict use_column
DECLARE
	a cadastre.asset_now;
	a_name text; a_role text; a_reason text; a_vendor text; a_model text; an_os text;
	first int8;
	runs int8multirange := cadastre.runs_then();
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
	first := (SELECT r.run_id FROM address_ever d JOIN cadastre.run r ON r.run_id = d.from_run
		WHERE d.asset_id = an_asset AND (d.until_run IS NULL OR d.until_run IS NOT NULL)
			AND runs @> r.run_id
		ORDER BY r.ended, r.run_id LIMIT 1);
	IF first IS NULL THEN
		IF NOT EXISTS (SELECT FROM asset_met m
				WHERE m.asset_id = an_asset AND m.outcome <> 'quiet')
			AND (NOT runs @> a.first_run
				OR EXISTS (SELECT FROM address_ever d WHERE d.asset_id = an_asset
					AND (d.until_run IS NULL OR d.until_run IS NOT NULL)))
		THEN
			RETURN;
		END IF;
	END IF;
	IF EXISTS (SELECT FROM asset_past o WHERE o.asset_id = an_asset) THEN
		SELECT o.name, o.role, o.role_reason, o.vendor, o.model, o.os
		INTO a_name, a_role, a_reason, a_vendor, a_model, an_os FROM asset_past o
		JOIN cadastre.run u ON u.run_id = o.until_run
		WHERE o.asset_id = an_asset AND NOT runs @> o.until_run
		ORDER BY u.ended, u.run_id LIMIT 1;
	END IF;
	RETURN QUERY SELECT a.asset_id, a.realm_id, coalesce(a_name, a.name),
		coalesce(a_role, a.role), coalesce(a_reason, a.role_reason),
		CASE WHEN EXISTS (SELECT FROM fact_one f WHERE f.asset_id = an_asset AND f.subject = ''
				AND f.attribute = 'state' AND f.source = 'intake')
			THEN 'quiet' ELSE 'seen' END,
		coalesce(a_vendor, a.vendor), coalesce(a_model, a.model),
		coalesce(an_os, a.os), coalesce(first, a.first_run),
		CASE WHEN (SELECT f.late FROM cadastre.run f WHERE f.run_id = a.first_run)
			THEN 0 ELSE a.first_run END, NULL::int8;
END $$;

DO $$
DECLARE
	body text := pg_get_functiondef('cadastre.as_of_build()'::regprocedure);
	part text[];
BEGIN
	FOREACH part SLICE 1 IN ARRAY ARRAY[
		['NOT IN (''run_then'', ', 'NOT IN (''run_then'', ''address_one'', ''fact_one'', '
		 '''identity_key_one'', ''name_one'', ''service_one'', ''met_one'', '],
		['				item.name, item.columns);
		ELSE
', '				item.name, item.columns);
			IF to_regclass(''cadastre.'' || quote_ident(item.name || ''_one'')) IS NOT NULL THEN
				EXECUTE format(''CREATE VIEW cadastre_as_of.%I AS SELECT %s ''
					''FROM cadastre.%I x ''
					''WHERE (x.until_run IS NULL OR x.until_run IS NOT NULL) ''
					''AND cadastre.held_then(x.from_run, x.until_run, x.ended_before)'',
					item.name || ''_one'', item.columns, item.name);
			END IF;
		ELSE
'],
		['	EXECUTE format(''CREATE VIEW cadastre_as_of.designation AS',
		 '	CREATE VIEW cadastre_as_of.met_one AS
		SELECT s.asset_id, m.run_id, m.outcome, r.vantage, r.ended FROM cadastre.asset_seen s
		CROSS JOIN LATERAL cadastre.runs_met(s.up, s.heard, s.quiet) AS m
		JOIN cadastre.run r USING (run_id)
		WHERE m.outcome <> ''quiet'' AND cadastre.runs_then() @> m.run_id::int8
		UNION ALL
		SELECT s.asset_id, m.run_id, m.outcome, r.vantage, r.ended FROM cadastre.asset_run s
		CROSS JOIN LATERAL cadastre.runs_met(s.up, s.heard, s.quiet) AS m
		JOIN cadastre.run r USING (run_id)
		WHERE m.outcome <> ''quiet'' AND cadastre.runs_then() @> m.run_id::int8;
	CREATE FUNCTION cadastre_as_of.seen_of(an_asset int8) RETURNS TABLE (last_run int8)
	LANGUAGE plpgsql STABLE ROWS 1 AS ''BEGIN
		RETURN QUERY SELECT m.run_id::int8 FROM met_one m WHERE m.asset_id = an_asset
			ORDER BY m.ended DESC, m.run_id DESC LIMIT 1;
	END'';
	EXECUTE format(''CREATE VIEW cadastre_as_of.designation AS']]
	LOOP
		IF position(part[1] IN body) = 0 THEN
			RAISE EXCEPTION 'as_of_build() is not as expected: %', part[1];
		END IF;
		body := replace(body, part[1], part[2]);
	END LOOP;
	EXECUTE body;
END $$;
