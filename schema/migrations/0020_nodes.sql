-- SPDX-License-Identifier: Apache-2.0
-- Nodes: a register that is spread over several databases. The home database holds everything
-- that is small and knows who owns which buckets of asset_id; a node holds the facts of the assets
-- in its buckets. docs/adr says why and how; inventory/nodes does it.
--
-- On the home database, if there are other nodes:
--     cadastre_far   a table for each table of facts, partitioned by RANGE (asset_id), whose
--                    partitions are foreign tables (postgres_fdw) at the nodes
--     cadastre_all   views: the home database's own rows and those of cadastre_far; and all views
--                    of this schema anew, reading those. Questions run with this schema first
-- On a node:
--     cadastre_node  a view for each table of facts and each range that the node owns: what it
--                    shows, so that rows on their way in or out are never counted twice
-- These three are made by functions from what stands here, and hold no data.

CREATE TABLE cadastre.node (
	name text PRIMARY KEY CHECK (name ~ '^[a-z][a-z0-9_]{0,30}$'),
	added timestamptz NOT NULL DEFAULT now()
);
INSERT INTO cadastre.node (name) VALUES ('home');
COMMENT ON TABLE cadastre.node IS 'Databases that hold facts; home: this one';

CREATE TABLE cadastre.node_option (
	node text NOT NULL REFERENCES cadastre.node,
	keyword text NOT NULL CHECK (keyword !~ 'password'),
	value text NOT NULL,
	PRIMARY KEY (node, keyword)
);
COMMENT ON TABLE cadastre.node_option IS
	'How a node is reached: parameters of libpq, never a password';

CREATE TABLE cadastre.node_range (
	first_bucket int4 PRIMARY KEY CHECK (first_bucket >= 0),
	last_bucket int4 NOT NULL UNIQUE CHECK (last_bucket BETWEEN first_bucket AND 4095),
	node text NOT NULL REFERENCES cadastre.node
);
INSERT INTO cadastre.node_range (first_bucket, last_bucket, node) VALUES (0, 4095, 'home');
COMMENT ON TABLE cadastre.node_range IS
	'Who owns which buckets: 0 to 4095, each once. Changing it is what moves a range';

CREATE TABLE cadastre.node_move (
	move_id int8 PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
	first_bucket int4 NOT NULL,
	last_bucket int4 NOT NULL,
	source text NOT NULL,
	target text NOT NULL,
	state text NOT NULL CHECK (state IN ('copying', 'routed', 'done', 'given up')),
	rows_moved int8 NOT NULL DEFAULT 0,
	digest text NOT NULL DEFAULT '',
	begun timestamptz NOT NULL DEFAULT now(),
	ended timestamptz
);
COMMENT ON TABLE cadastre.node_move IS 'Ranges of buckets that were moved between nodes';
COMMENT ON COLUMN cadastre.node_move.state IS
	'copying: the source owns them; routed: the target does, the source still has its rows';
COMMENT ON COLUMN cadastre.node_move.digest IS
	'Sum of the hashes of the rows, equal at both ends';

CREATE TABLE cadastre.node_self (
	one bool PRIMARY KEY DEFAULT true CHECK (one),
	register text NOT NULL,
	name text NOT NULL,
	built int4
);
INSERT INTO cadastre.node_self (register, name) VALUES (gen_random_uuid()::text, 'home');
COMMENT ON TABLE cadastre.node_self IS 'Which register this database belongs to, and as what';
COMMENT ON COLUMN cadastre.node_self.built IS
	'Schema number for which cadastre_all was made; NULL: it is not there';

-- ---- which tables ---------------------------------------------------------------------------

-- Facts of one asset lie with the asset, and so does what it was called: asset_past. What joins two
-- assets lies at home, links, paths and asset_decision, and so does what people state and what is
-- computed from it: asset_member, asset_statement.
CREATE FUNCTION cadastre.node_tables() RETURNS TABLE (tab name) LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp AS $$
	SELECT c.relname FROM pg_class c
	JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'asset_id' AND NOT a.attisdropped
	WHERE c.relnamespace = 'cadastre'::regnamespace AND c.relkind = 'r'
		AND c.relpersistence = 'p' AND c.relname NOT IN ('link', 'hop')
		AND (c.relname IN ('asset', 'asset_past', 'asset_run', 'asset_seen') OR EXISTS (
			SELECT FROM pg_attribute f WHERE f.attrelid = c.oid AND f.attname = 'from_run'
				AND NOT f.attisdropped))
	ORDER BY c.relname <> 'asset', c.relname
$$;
COMMENT ON FUNCTION cadastre.node_tables() IS 'Tables whose rows lie at the node of their asset';

CREATE FUNCTION cadastre.node_facts() RETURNS TABLE (tab name) LANGUAGE sql STABLE
SET search_path = cadastre, pg_catalog, pg_temp AS $$
	SELECT n.tab FROM node_tables() n
	WHERE EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = format('cadastre.%I', n.tab)::regclass
		AND a.attname = 'from_run' AND NOT a.attisdropped)
	ORDER BY n.tab
$$;
COMMENT ON FUNCTION cadastre.node_facts() IS 'Those of them that hold facts: rows with an end';

CREATE FUNCTION cadastre.node_low(a_bucket int4) RETURNS int8 LANGUAGE sql IMMUTABLE STRICT AS $$
	SELECT a_bucket::int8 << 48
$$;
COMMENT ON FUNCTION cadastre.node_low(int4) IS 'First asset_id of a bucket';

-- ---- what a node shows ------------------------------------------------------------------------

CREATE FUNCTION cadastre.node_serve(a_first int4, a_last int4) RETURNS void LANGUAGE plpgsql
SET search_path = cadastre, pg_temp AS $$
DECLARE
	t name;
BEGIN
	CREATE SCHEMA IF NOT EXISTS cadastre_node;
	FOR t IN SELECT tab FROM node_tables() LOOP
		EXECUTE format('CREATE OR REPLACE VIEW cadastre_node.%I AS SELECT * FROM cadastre.%I '
			'WHERE asset_id >= %s AND asset_id < %s', t || '_' || a_first || '_' || a_last, t,
			node_low(a_first), node_low(a_last + 1));
	END LOOP;
END $$;
COMMENT ON FUNCTION cadastre.node_serve(int4, int4) IS 'At a node: shows a range of buckets';

CREATE FUNCTION cadastre.node_unserve() RETURNS void LANGUAGE sql
SET search_path = cadastre, pg_temp AS $$
	DROP SCHEMA IF EXISTS cadastre_node CASCADE
$$;
COMMENT ON FUNCTION cadastre.node_unserve() IS 'At a node: shows nothing';

-- ---- what the home database reads ---------------------------------------------------------------

CREATE FUNCTION cadastre.node_server(a_node text) RETURNS void LANGUAGE plpgsql
SET search_path = cadastre, pg_temp AS $$
BEGIN
	EXECUTE format('DROP SERVER IF EXISTS %I CASCADE', 'node_' || a_node);
	EXECUTE format('CREATE SERVER %I FOREIGN DATA WRAPPER postgres_fdw OPTIONS (%s, '
		'async_capable %L, fetch_size %L, use_remote_estimate %L)', 'node_' || a_node,
		(SELECT string_agg(format('%I %L', keyword, value), ', ' ORDER BY keyword)
			FROM node_option WHERE node = a_node AND keyword <> 'user'),
		'true', '5000', 'true');
	EXECUTE format('CREATE USER MAPPING FOR PUBLIC SERVER %I OPTIONS (%s)', 'node_' || a_node,
		(SELECT format('"user" %L', value) FROM node_option
			WHERE node = a_node AND keyword = 'user'));
END $$;
COMMENT ON FUNCTION cadastre.node_server(text) IS 'Makes a node known to postgres_fdw';

CREATE FUNCTION cadastre.node_forget(a_node text) RETURNS void LANGUAGE plpgsql
SET search_path = cadastre, pg_temp AS $$
BEGIN
	EXECUTE format('DROP SERVER IF EXISTS %I CASCADE', 'node_' || a_node);
	DELETE FROM node_option WHERE node = a_node;
	DELETE FROM node WHERE name = a_node;
END $$;
COMMENT ON FUNCTION cadastre.node_forget(text) IS 'Forgets a node that owns nothing';

CREATE FUNCTION cadastre.node_build() RETURNS void LANGUAGE plpgsql
SET search_path = cadastre, pg_temp AS $$
DECLARE
	t name;
	r record;
BEGIN
	DROP SCHEMA IF EXISTS cadastre_all, cadastre_far CASCADE;
	UPDATE node_self SET built = NULL;
	-- The views of other times, too, of which some went with those schemas.
	PERFORM as_of_build();
	IF NOT EXISTS (SELECT FROM node WHERE name <> 'home') THEN
		RETURN;
	END IF;
	CREATE SCHEMA IF NOT EXISTS cadastre_fdw;
	CREATE EXTENSION IF NOT EXISTS postgres_fdw SCHEMA cadastre_fdw;
	CREATE SCHEMA cadastre_far;
	CREATE SCHEMA cadastre_all;
	FOR r IN SELECT name FROM node WHERE name <> 'home' ORDER BY name LOOP
		PERFORM node_server(r.name);
		EXECUTE format('CREATE FOREIGN TABLE cadastre_far.%I (%s) SERVER %I '
			'OPTIONS (schema_name %L, table_name %L)', 'evidence_' || r.name,
			(SELECT string_agg(format('%I %s', attname, format_type(atttypid, atttypmod)), ', '
					ORDER BY attnum)
				FROM pg_attribute WHERE attrelid = 'evidence'::regclass AND attnum > 0
					AND NOT attisdropped),
			'node_' || r.name, 'cadastre', 'evidence');
		EXECUTE format('CREATE FOREIGN TABLE cadastre_far.%I (realm_id int4, network inet) '
			'SERVER %I OPTIONS (schema_name %L, table_name %L)', 'wandered_' || r.name,
			'node_' || r.name, 'cadastre', 'network_wandered');
	END LOOP;
	FOR t IN SELECT tab FROM node_tables() LOOP
		EXECUTE format('CREATE TABLE cadastre_far.%I (LIKE cadastre.%I) '
			'PARTITION BY RANGE (asset_id)', t, t);
		FOR r IN SELECT *, first_bucket || '_' || last_bucket AS place FROM node_range
				WHERE node <> 'home' ORDER BY first_bucket LOOP
			EXECUTE format('CREATE FOREIGN TABLE cadastre_far.%I PARTITION OF cadastre_far.%I '
				'FOR VALUES FROM (%s) TO (%s) SERVER %I '
				'OPTIONS (schema_name %L, table_name %L)', t || '_' || r.place, t,
				node_low(r.first_bucket), node_low(r.last_bucket + 1), 'node_' || r.node,
				'cadastre_node', t || '_' || r.place);
		END LOOP;
		EXECUTE format('CREATE VIEW cadastre_all.%I AS SELECT * FROM cadastre.%I '
			'UNION ALL SELECT * FROM cadastre_far.%I', t, t, t);
	END LOOP;
	-- The same bytes may prove facts at several nodes.
	EXECUTE 'CREATE VIEW cadastre_all.evidence AS SELECT DISTINCT ON (sha256) * FROM ('
		|| 'SELECT * FROM cadastre.evidence'
		|| (SELECT string_agg(format(' UNION ALL SELECT * FROM cadastre_far.%I',
				'evidence_' || name), '' ORDER BY name) FROM node WHERE name <> 'home')
		|| ') AS e ORDER BY sha256, first_run';
	EXECUTE 'CREATE VIEW cadastre_all.network_wandered AS SELECT * FROM cadastre.network_wandered'
		|| (SELECT string_agg(format(' UNION ALL SELECT * FROM cadastre_far.%I',
				'wandered_' || name), '' ORDER BY name) FROM node WHERE name <> 'home');
	PERFORM node_views();
	PERFORM node_as_of();
	UPDATE node_self SET built = (SELECT max(number) FROM migration);
END $$;
COMMENT ON FUNCTION cadastre.node_build() IS
	'Makes cadastre_far and cadastre_all anew, from node and node_range';

CREATE FUNCTION cadastre.node_views() RETURNS void LANGUAGE plpgsql
SET search_path = cadastre, pg_temp AS $$
DECLARE
	r record;
	texts text[] := '{}';
	t text;
BEGIN
	FOR r IN
		WITH RECURSIVE v AS (
			SELECT oid, relname FROM pg_class
			WHERE relnamespace = 'cadastre'::regnamespace AND relkind = 'v'
				AND relname <> 'network_wandered'
		), uses AS (
			SELECT DISTINCT w.ev_class AS view, d.refobjid AS used
			FROM pg_rewrite w
			JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = w.oid
				AND d.refclassid = 'pg_class'::regclass
			JOIN v ON v.oid = d.refobjid
			WHERE w.ev_class <> d.refobjid
		), depth (oid, n) AS (
			SELECT oid, 0 FROM v
			UNION SELECT u.view, d.n + 1 FROM depth d JOIN uses u ON u.used = d.oid
		)
		SELECT v.relname, v.oid, obj_description(v.oid) AS said, max(d.n)
		FROM v JOIN depth d USING (oid) GROUP BY 1, 2, 3 ORDER BY 4, 1
	LOOP
		texts := texts || format('CREATE VIEW cadastre_all.%I AS %s', r.relname,
			pg_get_viewdef(r.oid));
		texts := texts || format('COMMENT ON VIEW cadastre_all.%I IS %L', r.relname, r.said);
	END LOOP;
	-- The definitions above name what they read as it is found in this schema; read anew, the
	-- names are found in cadastre_all first.
	PERFORM set_config('search_path', 'cadastre_all, cadastre, pg_temp', true);
	FOREACH t IN ARRAY texts LOOP
		EXECUTE t;
	END LOOP;
END $$;
COMMENT ON FUNCTION cadastre.node_views() IS 'Makes the views of cadastre_all from those here';

-- Views of other times name the tables that they read with their schema.
CREATE FUNCTION cadastre.node_as_of() RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	far text := (SELECT '\mcadastre\.(' || string_agg(tab, '|') || '|evidence)\M'
		FROM cadastre.node_tables());
	r record;
BEGIN
	FOR r IN SELECT c.relname, pg_get_viewdef(c.oid) AS body FROM pg_class c
			WHERE c.relnamespace = 'cadastre_as_of'::regnamespace AND c.relkind = 'v' LOOP
		IF r.body ~ far THEN
			EXECUTE format('CREATE OR REPLACE VIEW cadastre_as_of.%I AS %s', r.relname,
				regexp_replace(r.body, far, 'cadastre_all.\1', 'g'));
		END IF;
	END LOOP;
	-- By this it is known that they do.
	CREATE VIEW cadastre_as_of.node AS SELECT name FROM cadastre.node;
END $$;
COMMENT ON FUNCTION cadastre.node_as_of() IS 'Lets the views of cadastre_as_of read all nodes';

-- Where identity is decided it matters whether addresses of a network go from thing to thing; each
-- node says it of its own assets.
CREATE VIEW cadastre.network_wandered AS
SELECT DISTINCT o.realm_id, network(set_masklen(o.address,
	CASE family(o.address) WHEN 4 THEN 24 ELSE 64 END))::inet AS network
FROM cadastre.address o
WHERE o.until_run IS NOT NULL
	AND NOT EXISTS (SELECT FROM cadastre.address s
		WHERE s.asset_id = o.asset_id AND s.address = o.address AND s.until_run IS NULL);
COMMENT ON VIEW cadastre.network_wandered IS
	'Networks (/24, /64) of which an asset has lost an address';

-- Of it the decision also asks for which addresses somebody answers.
CREATE INDEX fact_proxied ON cadastre.fact (asset_id)
	WHERE attribute = 'address.proxied' AND until_run IS NULL;

DO $$
DECLARE
	body text := pg_get_functiondef('cadastre.as_of_build()'::regprocedure);
	part text := 'NOT IN (''run_then'', ';
BEGIN
	IF position(part IN body) = 0 THEN
		RAISE EXCEPTION 'as_of_build() is not as expected: %', part;
	END IF;
	EXECUTE replace(body, part, part || '''network_wandered'', ');
END $$;

CREATE FUNCTION cadastre.node_freeze() RETURNS void LANGUAGE plpgsql
SET search_path = cadastre, pg_temp AS $$
DECLARE
	t name;
BEGIN
	FOR t IN SELECT tab FROM node_tables() LOOP
		EXECUTE format('LOCK TABLE cadastre.%I IN SHARE ROW EXCLUSIVE MODE', t);
	END LOOP;
END $$;
COMMENT ON FUNCTION cadastre.node_freeze() IS
	'Keeps writers away from facts until the end of the transaction';

-- ---- moving rows ----------------------------------------------------------------------------------

-- Rows of a range as text, each with its table; then the evidence that they name.
CREATE FUNCTION cadastre.node_rows(a_first int4, a_last int4)
RETURNS TABLE (tab text, line text) LANGUAGE plpgsql STABLE
SET search_path = cadastre, pg_temp SET datestyle = 'ISO, YMD' AS $$
DECLARE
	t name;
BEGIN
	FOR t IN SELECT n.tab FROM node_tables() n LOOP
		RETURN QUERY EXECUTE format('SELECT %L::text, x::text FROM cadastre.%I x '
			'WHERE asset_id >= $1 AND asset_id < $2', t, t)
			USING node_low(a_first), node_low(a_last + 1);
		IF EXISTS (SELECT FROM pg_attribute WHERE attrelid = format('cadastre.%I', t)::regclass
				AND attname = 'evidence' AND atttypid = 'bytea'::regtype) THEN
			RETURN QUERY EXECUTE format('SELECT %L::text, e::text FROM evidence e '
				'WHERE sha256 IN (SELECT evidence FROM cadastre.%I '
				'WHERE asset_id >= $1 AND asset_id < $2)', 'evidence', t)
				USING node_low(a_first), node_low(a_last + 1);
		END IF;
	END LOOP;
END $$;
COMMENT ON FUNCTION cadastre.node_rows(int4, int4) IS 'What moves with a range of buckets';

-- Takes what node_rows() gave, from the session's table node_incoming.
CREATE FUNCTION cadastre.node_take() RETURNS void LANGUAGE plpgsql
SET search_path = cadastre, pg_temp SET datestyle = 'ISO, YMD' AS $$
DECLARE
	t name;
BEGIN
	FOR t IN SELECT 'realm' UNION ALL (SELECT tab FROM node_tables()) UNION ALL SELECT 'evidence'
	LOOP
		EXECUTE format('INSERT INTO cadastre.%I OVERRIDING SYSTEM VALUE SELECT (x.r).* FROM ('
			'SELECT line::cadastre.%I AS r FROM pg_temp.node_incoming WHERE tab = %L OFFSET 0) x %s',
			t, t, t, CASE WHEN t IN ('realm', 'evidence') THEN 'ON CONFLICT DO NOTHING' ELSE '' END);
	END LOOP;
	TRUNCATE pg_temp.node_incoming;
END $$;
COMMENT ON FUNCTION cadastre.node_take() IS 'Files what came from another node';

CREATE FUNCTION cadastre.node_clear(a_first int4, a_last int4) RETURNS int8 LANGUAGE plpgsql
SET search_path = cadastre, pg_temp AS $$
DECLARE
	t name;
	n int8;
	total int8 := 0;
BEGIN
	FOR t IN SELECT tab FROM node_tables() LOOP
		EXECUTE format('DELETE FROM cadastre.%I WHERE asset_id >= $1 AND asset_id < $2', t)
			USING node_low(a_first), node_low(a_last + 1);
		GET DIAGNOSTICS n = ROW_COUNT;
		total := total + n;
	END LOOP;
	RETURN total;
END $$;
COMMENT ON FUNCTION cadastre.node_clear(int4, int4) IS
	'Removes the rows of a range that is another node''s';

-- How many rows a range has, and a sum of their hashes that does not depend on their order. Evidence
-- is counted by its SHA-256, which is its content.
CREATE FUNCTION cadastre.node_digest(a_first int4, a_last int4)
RETURNS TABLE (n int8, digest text) LANGUAGE sql STABLE
SET search_path = cadastre, pg_temp AS $$
	WITH held AS MATERIALIZED (SELECT * FROM node_rows(a_first, a_last))
	SELECT count(*), coalesce(sum(hashtextextended(tab || ' ' || line, 0)::numeric), 0)::text
	FROM (SELECT tab, line FROM held WHERE tab <> 'evidence'
		UNION ALL SELECT DISTINCT tab, split_part(line, ',', 1) FROM held WHERE tab = 'evidence')
		AS r
$$;
COMMENT ON FUNCTION cadastre.node_digest(int4, int4) IS 'Whether two nodes hold the same rows';

-- Rows of assets whose bucket is in none of the ranges: of a move that was cut short.
CREATE FUNCTION cadastre.node_strays(some_ranges int4multirange) RETURNS int8 LANGUAGE plpgsql
STABLE SET search_path = cadastre, pg_temp AS $$
DECLARE
	t name;
	n int8;
	total int8 := 0;
BEGIN
	FOR t IN SELECT tab FROM node_tables() LOOP
		EXECUTE format('SELECT count(*) FROM cadastre.%I '
			'WHERE NOT $1 @> (asset_id >> 48)::int4', t) INTO n USING some_ranges;
		total := total + n;
	END LOOP;
	RETURN total;
END $$;
COMMENT ON FUNCTION cadastre.node_strays(int4multirange) IS 'Rows that another node owns';

-- ---- filing at several nodes -------------------------------------------------------------------

-- What a bundle means is decided once, at home, with what all nodes know, and kept until every node
-- has filed its part in a transaction of its own with a row in its ledger. A program that dies in
-- between is completed by importing the bundle again: the decision is the same, and who has filed is
-- passed over. Until then no other bundle is decided.
CREATE TABLE cadastre.node_filing (
	bundle_id text PRIMARY KEY,
	run_id int8 NOT NULL REFERENCES cadastre.run,
	truncated bool NOT NULL,
	assets_new int8 NOT NULL,
	merges int8 NOT NULL,
	splits int8 NOT NULL,
	home_facts int8,
	begun timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE cadastre.node_filing IS
	'The bundle that not all nodes have filed yet; empty if there is none';
COMMENT ON COLUMN cadastre.node_filing.home_facts IS
	'Facts written about links and paths; NULL: not filed yet';

CREATE TABLE cadastre.node_decision (
	tab text NOT NULL,
	line text NOT NULL
);
COMMENT ON TABLE cadastre.node_decision IS
	'What was decided of the bundle in node_filing: rows of staging, kept';

CREATE TABLE cadastre.node_identity (LIKE cadastre.stage_identity INCLUDING DEFAULTS);
COMMENT ON TABLE cadastre.node_identity IS
	'The most of that decision: rows of stage_identity, of the same columns';

CREATE FUNCTION cadastre.node_filing_end() RETURNS void LANGUAGE plpgsql
SET search_path = cadastre, pg_temp AS $$
BEGIN
	TRUNCATE node_decision, node_identity;
	DELETE FROM node_filing;
END $$;
COMMENT ON FUNCTION cadastre.node_filing_end() IS 'Every node has filed the bundle that was kept';

CREATE TABLE cadastre.node_ledger (
	bundle_id text NOT NULL,
	run_id int8 NOT NULL,
	facts_written int8 NOT NULL,
	services_new int8 NOT NULL,
	services_changed int8 NOT NULL,
	services_gone int8 NOT NULL,
	assets_seen int8 NOT NULL,
	assets_quiet int8 NOT NULL,
	filed timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (bundle_id, run_id)
);
COMMENT ON TABLE cadastre.node_ledger IS
	'Bundles of which this node has filed its part; written in the transaction that files it';

ALTER TABLE cadastre.node_self ADD hops text NOT NULL DEFAULT '';
COMMENT ON COLUMN cadastre.node_self.hops IS
	'At a node: which state of the home database''s paths is copied here';

CREATE UNLOGGED TABLE cadastre.stage_elsewhere (
	batch int8 NOT NULL,
	address inet NOT NULL,
	asset_id int8 NOT NULL
);
COMMENT ON TABLE cadastre.stage_elsewhere IS 'Staging: addresses of assets of other nodes';
CREATE UNLOGGED TABLE cadastre.stage_merge_far (
	batch int8 NOT NULL,
	asset_id int8 NOT NULL,
	into_id int8 NOT NULL,
	reason text NOT NULL
);
COMMENT ON TABLE cadastre.stage_merge_far IS 'Staging: assets of two nodes found to be one';
CREATE UNLOGGED TABLE cadastre.stage_split_far (
	batch int8 NOT NULL,
	asset_id int8 NOT NULL,
	address inet NOT NULL,
	into_id int8 NOT NULL,
	is_new bool NOT NULL,
	keys text NOT NULL,
	reason text NOT NULL
);
COMMENT ON TABLE cadastre.stage_split_far IS
	'Staging: addresses that leave an asset for one of another node';
CREATE UNLOGGED TABLE cadastre.stage_wanted (
	batch int8 NOT NULL,
	address inet NOT NULL
);
COMMENT ON TABLE cadastre.stage_wanted IS
	'Staging: addresses of which the decision needs to know what answered';
CREATE UNLOGGED TABLE cadastre.stage_lost (
	batch int8 NOT NULL,
	asset_id int8 NOT NULL,
	address inet NOT NULL,
	met bool NOT NULL
);
COMMENT ON TABLE cadastre.stage_lost IS 'Staging: addresses that assets of any node lost';
COMMENT ON COLUMN cadastre.stage_lost.met IS 'The address was met, at another asset';

-- As before, but only what holds anything is emptied: most bundles fill few of these tables.
CREATE OR REPLACE FUNCTION cadastre.stage_open(a_batch int8) RETURNS void LANGUAGE plpgsql
SET search_path = cadastre, pg_temp AS $$
DECLARE
	tables regclass[] := ARRAY(
		SELECT c.oid::regclass FROM pg_class c
		WHERE c.relnamespace = 'cadastre'::regnamespace AND c.relkind = 'r'
			AND c.relpersistence = 'u' AND c.relname LIKE 'stage\_%'
		ORDER BY c.relname);
	filled text;
	is_empty bool;
	stage regclass;
BEGIN
	-- The lock of the bundle comes first and nothing is waited for once tables are locked, so
	-- that two who begin at once cannot wait for each other.
	PERFORM pg_advisory_lock(a_batch);
	is_empty := pg_try_advisory_lock(4841, 3);
	PERFORM pg_advisory_lock_shared(4841, 3);
	IF is_empty THEN
		filled := (SELECT string_agg(t::text, ', ') FROM unnest(tables) AS t
			WHERE pg_relation_size(t) > 0);
		IF filled <> '' THEN
			EXECUTE 'TRUNCATE ' || filled;
		END IF;
		PERFORM pg_advisory_unlock(4841, 3);
	ELSE
		-- What an attempt at the same bundle that failed has left.
		FOREACH stage IN ARRAY tables LOOP
			EXECUTE format('DELETE FROM %s WHERE batch = $1', stage) USING a_batch;
		END LOOP;
	END IF;
END $$;

CREATE FUNCTION cadastre.node_setting(a_name text) RETURNS text LANGUAGE sql STABLE AS $$
	SELECT current_setting('cadastre.' || a_name)
$$;
COMMENT ON FUNCTION cadastre.node_setting(text) IS 'What a COPY, which takes no parameters, is about';

-- Rules and authorisations as home has them: nodes follow them.
CREATE FUNCTION cadastre.node_reference() RETURNS TABLE (tab text, line text) LANGUAGE sql STABLE
SET search_path = cadastre, pg_temp SET datestyle = 'ISO, YMD' AS $$
	SELECT 'realm', x::text FROM realm x
	UNION ALL SELECT 'authorisation', x::text FROM authorisation x
	UNION ALL SELECT 'authorisation_cidr', x::text FROM authorisation_cidr x
	UNION ALL SELECT 'key_rule', x::text FROM key_rule x
	UNION ALL SELECT 'junk_value', x::text FROM junk_value x
	UNION ALL SELECT 'noise_rule', x::text FROM noise_rule x
	UNION ALL SELECT 'role_rule', x::text FROM role_rule x
	UNION ALL SELECT 'virtual_mac', x::text FROM virtual_mac x
$$;
COMMENT ON FUNCTION cadastre.node_reference() IS 'What every node needs to know of home';

CREATE FUNCTION cadastre.node_take_reference() RETURNS void LANGUAGE plpgsql
SET search_path = cadastre, pg_temp SET datestyle = 'ISO, YMD' AS $$
DECLARE
	t text;
BEGIN
	-- Of several who begin at once, the first brings what is new.
	PERFORM pg_advisory_xact_lock(4841, 8);
	IF NOT EXISTS (SELECT tab, line FROM pg_temp.node_incoming EXCEPT ALL
			SELECT r.tab, r.line FROM node_reference() r)
		AND NOT EXISTS (SELECT r.tab, r.line FROM node_reference() r EXCEPT ALL
			SELECT tab, line FROM pg_temp.node_incoming) THEN
		RETURN;
	END IF;
	DELETE FROM authorisation_cidr;
	DELETE FROM authorisation;
	DELETE FROM key_rule;
	DELETE FROM junk_value;
	DELETE FROM noise_rule;
	DELETE FROM role_rule;
	DELETE FROM virtual_mac;
	FOREACH t IN ARRAY ARRAY['realm', 'authorisation', 'authorisation_cidr', 'key_rule',
			'junk_value', 'noise_rule', 'role_rule', 'virtual_mac', 'run'] LOOP
		EXECUTE format('INSERT INTO cadastre.%I OVERRIDING SYSTEM VALUE SELECT (x.r).* FROM ('
			'SELECT line::cadastre.%I AS r FROM pg_temp.node_incoming WHERE tab = %L OFFSET 0) x '
			'ON CONFLICT DO NOTHING', t, t, t);
	END LOOP;
	TRUNCATE pg_temp.node_incoming;
END $$;
COMMENT ON FUNCTION cadastre.node_take_reference() IS 'At a node: knows what home knows';

CREATE FUNCTION cadastre.node_decision_load(a_batch int8) RETURNS void LANGUAGE plpgsql
SET search_path = cadastre, pg_temp SET datestyle = 'ISO, YMD' AS $$
DECLARE
	t text;
BEGIN
	DELETE FROM stage_identity WHERE batch = a_batch;
	INSERT INTO stage_identity SELECT * FROM node_identity;
	FOREACH t IN ARRAY ARRAY['stage_merge', 'stage_shared', 'stage_split',
			'stage_note', 'stage_elsewhere', 'stage_decision'] LOOP
		EXECUTE format('DELETE FROM cadastre.%I WHERE batch = $1', t) USING a_batch;
		EXECUTE format('INSERT INTO cadastre.%I SELECT (x.r).* FROM (SELECT line::cadastre.%I '
			'AS r FROM node_decision WHERE tab = %L OFFSET 0) x', t, t, t);
	END LOOP;
END $$;
COMMENT ON FUNCTION cadastre.node_decision_load(int8) IS 'Stages the decision that was kept';

-- Merges and splits between nodes. At the node that loses, open rows end; what was open goes, as rows of
-- the asset that has them now, to that one's node. What was closed stays there to be read again. What is
-- given is told by the end that this run set, so that a node that has filed gives it again.
CREATE FUNCTION cadastre.node_far_close(a_batch int8, a_run int8) RETURNS int8
LANGUAGE plpgsql SET search_path = cadastre, pg_temp AS $$
DECLARE
	t name;
	n int8;
BEGIN
	FOR t IN SELECT tab FROM node_facts() LOOP
		EXECUTE format('UPDATE cadastre.%I t SET until_run = $2 FROM stage_merge_far m '
			'WHERE m.batch = $1 AND t.asset_id = m.asset_id AND t.until_run IS NULL', t)
			USING a_batch, a_run;
		IF t <> 'identity_key' THEN
			EXECUTE format('UPDATE cadastre.%I t SET until_run = $2 FROM stage_split_far m '
				'WHERE m.batch = $1 AND t.asset_id = m.asset_id AND %s AND t.until_run IS NULL',
				t, CASE t WHEN 'fact' THEN $c$split_part(t.subject, ' ', 1) = host(m.address)$c$
					ELSE 't.address = m.address' END)
				USING a_batch, a_run;
		END IF;
	END LOOP;
	UPDATE asset a
	SET merged_into = m.into_id,
		merge_run = coalesce(a.merge_run, a_run),
		merge_reason = CASE WHEN a.merge_reason = '' THEN m.reason ELSE a.merge_reason END
	FROM stage_merge_far m
	WHERE m.batch = a_batch AND (a.asset_id = m.asset_id OR a.merged_into = m.asset_id);
	-- Keys that no remaining address showed.
	UPDATE identity_key k
	SET until_run = a_run
	FROM (SELECT DISTINCT asset_id FROM stage_split_far WHERE batch = a_batch) m
	WHERE k.asset_id = m.asset_id AND k.until_run IS NULL AND k.verdict = 'auto'
		AND EXISTS (SELECT FROM key_sighting g WHERE g.asset_id = k.asset_id
			AND g.type = k.type AND g.value = k.value AND g.until_run = a_run)
		AND NOT EXISTS (SELECT FROM key_sighting g WHERE g.asset_id = k.asset_id
			AND g.type = k.type AND g.value = k.value AND g.until_run IS NULL);
	GET DIAGNOSTICS n = ROW_COUNT;
	RETURN n;
END $$;
COMMENT ON FUNCTION cadastre.node_far_close(int8, int8) IS
	'Ends what is an asset''s of another node now; the rows that are facts by themselves';

-- The columns of a table as another asset has them from a run on: m is the staged row, $2 the run.
CREATE FUNCTION cadastre.node_far_columns(a_table name, a_split bool) RETURNS text
LANGUAGE sql STABLE SET search_path = cadastre, pg_catalog, pg_temp AS $$
	SELECT string_agg(CASE WHEN attname = 'asset_id' THEN 'm.into_id'
			WHEN attname = 'from_run' THEN '$2'
			WHEN attname IN ('until_run', 'ended_before')
				THEN 'NULL::' || format_type(atttypid, atttypmod)
			WHEN a_split AND a_table = 'address' AND attname = 'reason' THEN 'm.reason'
			ELSE format('t.%I', attname) END, ', ' ORDER BY attnum)
	FROM pg_attribute WHERE attrelid = format('cadastre.%I', a_table)::regclass AND attnum > 0
		AND NOT attisdropped
$$;
COMMENT ON FUNCTION cadastre.node_far_columns(name, bool) IS 'Part of node_far_rows()';

CREATE FUNCTION cadastre.node_far_rows(a_batch int8, a_run int8)
RETURNS TABLE (tab text, line text) LANGUAGE plpgsql STABLE
SET search_path = cadastre, pg_temp SET datestyle = 'ISO, YMD' AS $$
DECLARE
	t name;
	far text;
	proofs text := '';
BEGIN
	RETURN QUERY SELECT 'asset', (m.into_id, a.first_run, a.seen_from)::text
		FROM asset a JOIN stage_merge_far m USING (asset_id) WHERE m.batch = a_batch;
	RETURN QUERY SELECT 'asset split',
			(m.into_id, a.realm_id, host(min(m.address)), a.seen_from)::text
		FROM asset a JOIN stage_split_far m USING (asset_id) WHERE m.batch = a_batch
		GROUP BY m.into_id, a.realm_id, a.seen_from HAVING bool_or(m.is_new);
	FOR t IN SELECT n.tab FROM node_facts() n LOOP
		far := format('SELECT %L::text AS tab, ROW(%s)::cadastre.%I::text AS line%s '
			'FROM cadastre.%I t JOIN stage_merge_far m USING (asset_id) '
			'WHERE m.batch = $1 AND t.until_run = $2', t, node_far_columns(t, false), t,
			'%s', t);
		IF t = 'identity_key' THEN
			-- As they were before this run, which may have made them shared since.
			far := far || format(' UNION ALL SELECT DISTINCT %L, ROW(%s)::cadastre.%I::text%s '
				'FROM stage_split_far m '
				'JOIN key_sighting g ON g.asset_id = m.asset_id AND g.address = m.address '
				'AND g.until_run = $2 '
				'JOIN identity_key t ON t.asset_id = m.asset_id AND t.type = g.type '
				'AND t.value = g.value AND t.from_run < $2 '
				'AND (t.until_run IS NULL OR t.until_run = $2) WHERE m.batch = $1',
				'identity_key split', node_far_columns(t, true), t, '%s');
		ELSE
			far := far || format(' UNION ALL SELECT %L, ROW(%s)::cadastre.%I::text%s '
				'FROM cadastre.%I t JOIN stage_split_far m ON m.asset_id = t.asset_id AND %s '
				'WHERE m.batch = $1 AND t.until_run = $2', t, node_far_columns(t, true), t, '%s',
				t, CASE t WHEN 'fact' THEN $c$split_part(t.subject, ' ', 1) = host(m.address)$c$
					ELSE 't.address = m.address' END);
		END IF;
		RETURN QUERY EXECUTE replace(far, '%s', '') USING a_batch, a_run;
		IF EXISTS (SELECT FROM pg_attribute WHERE attrelid = format('cadastre.%I', t)::regclass
				AND attname = 'evidence' AND atttypid = 'bytea'::regtype) THEN
			RETURN QUERY EXECUTE format('SELECT %L::text, e::text FROM evidence e '
				'WHERE sha256 IN (SELECT proof FROM (%s) f)', 'evidence',
				replace(far, '%s', ', t.evidence AS proof')) USING a_batch, a_run;
		END IF;
	END LOOP;
END $$;
COMMENT ON FUNCTION cadastre.node_far_rows(int8, int8) IS
	'What was open and is an asset''s of another node now, and what proves it';

-- What the run states anew is not taken: it is written by the steps that file it.
CREATE FUNCTION cadastre.node_far_anew(a_table name) RETURNS text LANGUAGE sql IMMUTABLE AS $$
	SELECT CASE a_table
	WHEN 'address' THEN 'EXISTS (SELECT FROM stage_identity i '
		'WHERE i.batch = $2 AND i.address = (x.r).address '
		'AND ((i.mac IS NOT NULL AND i.mac IS DISTINCT FROM (x.r).mac) '
		'OR ((x.r).grade = ''claimed'' AND (i.up OR i.method = ''trace''))))'
	WHEN 'fact' THEN 'EXISTS (SELECT FROM stage_statement s WHERE s.batch = $2 AND s.kind = ''fact'' '
		'AND s.subject = (x.r).subject AND s.attribute = (x.r).attribute '
		'AND s.source = (x.r).source)'
	WHEN 'service' THEN 'EXISTS (SELECT FROM stage_service s WHERE s.batch = $2 '
		'AND s.address = (x.r).address AND s.transport = (x.r).transport AND s.port = (x.r).port) '
		'OR EXISTS (SELECT FROM stage_port s WHERE s.batch = $2 '
		'AND s.address = (x.r).address AND s.transport = (x.r).transport AND s.port = (x.r).port) '
		'OR ((x.r).internal AND (x.r).exposed AND EXISTS (SELECT FROM stage_identity i '
		'WHERE i.batch = $2 AND i.address = (x.r).address))'
	ELSE 'false' END
$$;
COMMENT ON FUNCTION cadastre.node_far_anew(name) IS 'Part of node_far_take(): a condition on x.r';

CREATE FUNCTION cadastre.node_far_take(some_ranges int4multirange, a_batch int8, a_run int8)
RETURNS int8 LANGUAGE plpgsql SET search_path = cadastre, pg_temp SET datestyle = 'ISO, YMD' AS $$
DECLARE
	t name;
	how record;
	n int8;
	total int8 := 0;
BEGIN
	UPDATE asset a
	SET seen_from = a.seen_from | m.seen_from, first_run = least(a.first_run, m.first_run)
	FROM (SELECT parts[1]::int8 AS into_id, min(parts[2]::int8) AS first_run,
			bit_or(parts[3]::int2) AS seen_from
		FROM (SELECT string_to_array(trim('()' FROM line), ',') AS parts
			FROM pg_temp.node_incoming WHERE tab = 'asset') p GROUP BY 1) m
	WHERE a.asset_id = m.into_id;
	-- New assets that the run met are registered by the step for them.
	INSERT INTO asset (asset_id, realm_id, name, seen_from, first_run, last_run)
	SELECT parts[1]::int8, parts[2]::int4, parts[3], parts[4]::int2, a_run, a_run
	FROM (SELECT string_to_array(trim('()' FROM line), ',') AS parts
		FROM pg_temp.node_incoming WHERE tab = 'asset split') p
	WHERE some_ranges @> (parts[1]::int8 >> 48)::int4
		AND NOT EXISTS (SELECT FROM stage_identity i
			WHERE i.batch = a_batch AND i.asset_id = parts[1]::int8 AND i.is_new)
	ORDER BY 1, 3
	ON CONFLICT DO NOTHING;
	-- A row that goes on counts twice, ended and added; one that is added beside the old once.
	FOR how IN SELECT f.tab, f.tab::text AS lines,
				CASE f.tab WHEN 'key_sighting' THEN 0 ELSE 2 END AS counts FROM node_facts() f
			UNION ALL SELECT 'identity_key', 'identity_key split', 1 LOOP
		t := how.tab;
		EXECUTE format('INSERT INTO cadastre.%I SELECT (x.r).* FROM ('
			'SELECT line::cadastre.%I AS r FROM pg_temp.node_incoming WHERE tab = %L OFFSET 0) x '
			'WHERE $1 @> ((x.r).asset_id >> 48)::int4 AND NOT (%s) ON CONFLICT DO NOTHING',
			t, t, how.lines, node_far_anew(t))
			USING some_ranges, a_batch;
		GET DIAGNOSTICS n = ROW_COUNT;
		total := total + n * how.counts;
	END LOOP;
	INSERT INTO evidence SELECT (x.r).* FROM (SELECT line::evidence AS r
		FROM pg_temp.node_incoming WHERE tab = 'evidence' OFFSET 0) x ON CONFLICT DO NOTHING;
	TRUNCATE pg_temp.node_incoming;
	RETURN total;
END $$;
COMMENT ON FUNCTION cadastre.node_far_take(int4multirange, int8, int8) IS
	'Files what was open of other nodes'' assets and is of this node''s now; the rows that are facts';
