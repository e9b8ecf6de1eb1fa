-- SPDX-License-Identifier: Apache-2.0
-- Questions: what was so at another time, frozen baselines, and what people look for in the
-- current state.

-- ---- what an asset was called ------------------------------------------------------------------

CREATE TABLE cadastre.asset_past (
	asset_id int8 NOT NULL,
	until_run int8 NOT NULL,
	name text NOT NULL,
	role text NOT NULL,
	role_reason text NOT NULL,
	vendor text NOT NULL,
	model text NOT NULL,
	os text NOT NULL,
	PRIMARY KEY (asset_id, until_run)
);
COMMENT ON TABLE cadastre.asset_past IS
	'The summary of an asset as it was until a run changed it';

CREATE UNLOGGED TABLE cadastre.stage_summary (
	batch int8 NOT NULL,
	asset_id int8 NOT NULL,
	name text NOT NULL,
	role text NOT NULL,
	role_reason text NOT NULL,
	vendor text NOT NULL,
	model text NOT NULL,
	os text NOT NULL
);
COMMENT ON TABLE cadastre.stage_summary IS 'Staging: summaries of assets before they change';

-- ---- two times ----------------------------------------------------------------------------------

-- A question about another time is asked of the schema cadastre_as_of, whose views have the names and
-- columns of our tables and hold what held then: valid at cadastre.as_of, by what was known from the
-- first cadastre.known_run runs and cadastre.known_import imports, filed until cadastre.known_at.

CREATE FUNCTION cadastre.as_of() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE AS
	$$ SELECT current_setting('cadastre.as_of')::timestamptz $$;
COMMENT ON FUNCTION cadastre.as_of() IS 'Valid time of the question';
CREATE FUNCTION cadastre.known_at() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE AS
	$$ SELECT current_setting('cadastre.known_at')::timestamptz $$;
COMMENT ON FUNCTION cadastre.known_at() IS 'Known time of the question';
CREATE FUNCTION cadastre.known_run() RETURNS int8 LANGUAGE sql STABLE PARALLEL SAFE AS
	$$ SELECT current_setting('cadastre.known_run')::int8 $$;
COMMENT ON FUNCTION cadastre.known_run() IS 'The newest run that the question may use';
CREATE FUNCTION cadastre.known_import() RETURNS int8 LANGUAGE sql STABLE PARALLEL SAFE AS
	$$ SELECT current_setting('cadastre.known_import')::int8 $$;
COMMENT ON FUNCTION cadastre.known_import() IS 'The newest import that the question may use';

-- Which runs count. Few rows, so that facts are compared with them by hashing.
CREATE VIEW cadastre.run_then AS
SELECT * FROM cadastre.run WHERE ended <= cadastre.as_of() AND run_id <= cadastre.known_run();
COMMENT ON VIEW cadastre.run_then IS 'Runs that count for a question about another time';
CREATE VIEW cadastre.import_then AS
SELECT * FROM cadastre.register_import
WHERE imported <= cadastre.as_of() AND id <= cadastre.known_import();
COMMENT ON VIEW cadastre.import_then IS
	'Imports whose endings count for a question about another time';

-- The columns of a table, one of them shown as NULL: what held had not ended.
CREATE FUNCTION cadastre.as_of_columns(a_table oid, an_end text) RETURNS text
LANGUAGE sql STABLE AS $$
	SELECT string_agg(CASE WHEN attname = an_end
		THEN format('NULL::%s AS %I', format_type(atttypid, atttypmod), attname)
		ELSE format('x.%I', attname) END, ', ' ORDER BY attnum)
	FROM pg_attribute WHERE attrelid = a_table AND attnum > 0 AND NOT attisdropped
$$;
COMMENT ON FUNCTION cadastre.as_of_columns(oid, text) IS 'Part of as_of_build()';

-- Open and closed rows are taken apart, since each kind has indexes of its own.
CREATE FUNCTION cadastre.as_of_build() RETURNS void LANGUAGE plpgsql
SET search_path = cadastre, pg_temp SET client_min_messages = warning AS $$
DECLARE
	item record;
BEGIN
	DROP SCHEMA IF EXISTS cadastre_as_of CASCADE;
	CREATE SCHEMA cadastre_as_of;
	COMMENT ON SCHEMA cadastre_as_of IS
		'The register at another time; see cadastre.as_of_build()';
	FOR item IN
		SELECT c.relname AS name, as_of_columns(c.oid, e.attname) AS columns,
			e.attname = 'until_run' AS fact
		FROM pg_class c
		JOIN pg_attribute f ON f.attrelid = c.oid AND f.attname IN ('from_run', 'from_import')
		JOIN pg_attribute e ON e.attrelid = c.oid
			AND e.attname = replace(f.attname, 'from', 'until')
		WHERE c.relnamespace = 'cadastre'::regnamespace AND c.relkind IN ('r', 'p')
			AND c.relpersistence = 'p'
	LOOP
		IF item.fact THEN
			EXECUTE format('CREATE VIEW cadastre_as_of.%1$I AS '
				'SELECT %2$s FROM cadastre.%1$I x WHERE x.until_run IS NULL '
				'AND x.from_run IN (SELECT run_id FROM cadastre.run_then) '
				'UNION ALL '
				'SELECT %2$s FROM cadastre.%1$I x WHERE x.until_run IS NOT NULL '
				'AND x.from_run IN (SELECT run_id FROM cadastre.run_then) '
				'AND x.until_run NOT IN (SELECT run_id FROM cadastre.run_then)',
				item.name, item.columns);
		ELSE
			EXECUTE format('CREATE VIEW cadastre_as_of.%1$I AS '
				'SELECT %2$s FROM cadastre.%1$I x '
				'WHERE x.from_import <= cadastre.known_import() '
				'AND x.as_of <= cadastre.as_of()::date AND (x.until_import IS NULL '
				'OR x.until_import NOT IN (SELECT id FROM cadastre.import_then))',
				item.name, item.columns);
		END IF;
	END LOOP;
	CREATE VIEW cadastre_as_of.run AS SELECT * FROM cadastre.run_then;
	CREATE VIEW cadastre_as_of.coverage AS SELECT * FROM cadastre.coverage
		WHERE run_id IN (SELECT run_id FROM cadastre.run_then);
	CREATE VIEW cadastre_as_of.asset_run AS SELECT * FROM cadastre.asset_run
		WHERE run_id IN (SELECT run_id FROM cadastre.run_then);
	CREATE VIEW cadastre_as_of.asset_seen AS
		SELECT asset_id, max(run_id)::int8 AS last_run FROM cadastre_as_of.asset_run
		WHERE outcome <> 'quiet' GROUP BY asset_id;
	-- A decision held until the one that undid it.
	CREATE VIEW cadastre_as_of.asset_decision AS SELECT * FROM cadastre.asset_decision d
		WHERE d.run_id IN (SELECT run_id FROM cadastre.run_then)
			AND NOT EXISTS (SELECT FROM cadastre.asset_decision u
				WHERE (u.undoes = d.decision_id OR (u.kind = 'revive' AND d.kind = 'retire'
						AND u.asset_id = d.asset_id AND u.decision_id > d.decision_id))
					AND u.run_id IN (SELECT run_id FROM cadastre.run_then));
	CREATE VIEW cadastre_as_of.asset AS
		SELECT a.asset_id, a.realm_id, coalesce(p.name, a.name) AS name,
			coalesce(p.role, a.role) AS role,
			coalesce(p.role_reason, a.role_reason) AS role_reason,
			CASE WHEN EXISTS (SELECT FROM cadastre_as_of.asset_decision d
				WHERE d.kind = 'retire' AND d.asset_id = a.asset_id) THEN 'retired'
			WHEN EXISTS (SELECT FROM cadastre_as_of.fact f
				WHERE f.asset_id = a.asset_id AND f.subject = '' AND f.attribute = 'state'
					AND f.source = 'intake') THEN 'quiet' ELSE 'seen' END AS state,
			coalesce(p.vendor, a.vendor) AS vendor, coalesce(p.model, a.model) AS model,
			coalesce(p.os, a.os) AS os, a.seen_from, a.first_run, a.first_run AS last_run,
			coalesce((SELECT max(d.other_asset_id) FROM cadastre_as_of.asset_decision d
				WHERE d.kind = 'merge' AND d.asset_id = a.asset_id),
				CASE WHEN a.merge_run IN (SELECT run_id FROM cadastre.run_then)
				THEN a.merged_into END) AS merged_into,
			a.merge_run, a.merge_reason
		FROM cadastre.asset a
		LEFT JOIN LATERAL (
			SELECT o.* FROM cadastre.asset_past o
			JOIN cadastre.run u ON u.run_id = o.until_run
			WHERE o.asset_id = a.asset_id
				AND o.until_run NOT IN (SELECT run_id FROM cadastre.run_then)
			ORDER BY u.ended, u.run_id LIMIT 1) AS p ON true
		WHERE a.first_run IN (SELECT run_id FROM cadastre.run_then);
	EXECUTE format('CREATE VIEW cadastre_as_of.designation AS SELECT %s '
		'FROM cadastre.designation x WHERE x.recorded <= cadastre.known_at() '
		'AND (x.superseded IS NULL OR x.superseded > cadastre.known_at())',
		as_of_columns('cadastre.designation'::regclass, 'superseded'));
	-- The views for people, over these; whose an asset was is computed.
	FOR item IN
		WITH RECURSIVE depth (oid, level) AS (
			SELECT oid, 0 FROM pg_class
			WHERE relnamespace = 'cadastre'::regnamespace AND relkind = 'v'
			UNION
			SELECT r.ev_class, depth.level + 1
			FROM depth
			JOIN pg_depend d ON d.refobjid = depth.oid
				AND d.refclassid = 'pg_class'::regclass AND d.classid = 'pg_rewrite'::regclass
			JOIN pg_rewrite r ON r.oid = d.objid
			WHERE r.ev_class <> depth.oid AND depth.level < 64
		)
		SELECT c.relname AS name, pg_get_viewdef(c.oid) AS body
		FROM depth JOIN pg_class c USING (oid)
		WHERE c.relnamespace = 'cadastre'::regnamespace
			AND c.relname NOT IN ('run_then', 'import_then')
		GROUP BY c.relname, c.oid ORDER BY c.relname <> 'asset_system', max(level), c.relname
	LOOP
		PERFORM set_config('search_path', 'cadastre_as_of, cadastre, pg_temp', true);
		EXECUTE format('CREATE VIEW cadastre_as_of.%I AS %s', item.name,
			replace(item.body, 'now()', 'cadastre.as_of()'));
		PERFORM set_config('search_path', 'cadastre, pg_temp', true);
		IF item.name = 'asset_system' THEN
			CREATE VIEW cadastre_as_of.asset_member AS
				SELECT asset_id, realm_id, system FROM cadastre_as_of.asset_system;
		END IF;
	END LOOP;
END $$;
COMMENT ON FUNCTION cadastre.as_of_build() IS
	'Makes the schema cadastre_as_of anew from what cadastre holds now; called after migrations';

-- ---- baselines ----------------------------------------------------------------------------------

CREATE TABLE cadastre.baseline (
	name text PRIMARY KEY CHECK (name <> ''),
	realm_id int4 REFERENCES cadastre.realm,
	filter text NOT NULL,
	as_of timestamptz NOT NULL,
	known_at timestamptz NOT NULL,
	known_run int8 NOT NULL,
	known_import int8 NOT NULL,
	assets int8 NOT NULL,
	facts int8 NOT NULL,
	sha256 text NOT NULL,
	author text NOT NULL,
	reason text NOT NULL,
	frozen timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE cadastre.baseline IS
	'Frozen states to compare with: which assets, at which time, by what was known, and the hash of their facts, by which it can be shown that nothing of it was altered since';
COMMENT ON COLUMN cadastre.baseline.realm_id IS 'NULL: every realm';
COMMENT ON COLUMN cadastre.baseline.filter IS 'which assets were meant, an expression; empty: all';
COMMENT ON COLUMN cadastre.baseline.sha256 IS
	'over the facts, by asset and kind, one a line; see docs/queries.md';

-- ---- what people look for -----------------------------------------------------------------------

CREATE INDEX service_product ON cadastre.service (lower(product)) WHERE until_run IS NULL;
CREATE INDEX link_peer_closed ON cadastre.link (peer_asset_id) WHERE until_run IS NOT NULL;
