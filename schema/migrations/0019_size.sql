-- SPDX-License-Identifier: Apache-2.0
-- The same in fewer bytes; docs/adr/0005 says why.

-- ---- what each run says of each asset ---------------------------------------------------------

-- In ranges: a run that meets an asset again lengthens a range in the half-empty row that it writes anyway,
-- instead of adding a row of its own.

ALTER TABLE cadastre.asset_seen
	ADD COLUMN n int2 NOT NULL DEFAULT 0,
	ADD COLUMN up int4multirange,
	ADD COLUMN heard int4multirange,
	ADD COLUMN quiet int4multirange;
COMMENT ON TABLE cadastre.asset_seen IS
	'The newest run in which an asset answered or was heard of, and the newest of all that said something of it, which go to asset_run when there are 64; narrow and half empty, so that a run that changes nothing writes little';
COMMENT ON COLUMN cadastre.asset_seen.n IS 'How many runs the ranges hold: at most 64';
COMMENT ON COLUMN cadastre.asset_seen.up IS 'Runs in which it answered';
COMMENT ON COLUMN cadastre.asset_seen.heard IS 'Runs in which another one spoke of it';
COMMENT ON COLUMN cadastre.asset_seen.quiet IS 'Runs that looked for it and had no answer';

ALTER TABLE cadastre.asset_run RENAME TO asset_run_before;
ALTER INDEX cadastre.asset_run_asset RENAME TO asset_run_before_asset;
CREATE TABLE cadastre.asset_run (
	asset_id int8 NOT NULL,
	up int4multirange,
	heard int4multirange,
	quiet int4multirange
);
COMMENT ON TABLE cadastre.asset_run IS
	'Runs that said something of an asset, 64 to a row; the newest of them are in asset_seen, and asset_met shows all, one row each';
COMMENT ON COLUMN cadastre.asset_run.up IS 'Runs in which it answered';
COMMENT ON COLUMN cadastre.asset_run.heard IS 'Runs in which another one spoke of it';
COMMENT ON COLUMN cadastre.asset_run.quiet IS 'Runs that looked for it and had no answer';
INSERT INTO cadastre.asset_run (asset_id, up, heard, quiet)
SELECT asset_id, range_agg(run) FILTER (WHERE outcome = 'up'),
	range_agg(run) FILTER (WHERE outcome = 'heard'),
	range_agg(run) FILTER (WHERE outcome = 'quiet')
FROM (SELECT asset_id, outcome, int4range(run_id, run_id, '[]') AS run,
		row_number() OVER (PARTITION BY asset_id ORDER BY run_id) / 64 AS part
	FROM cadastre.asset_run_before) AS r
GROUP BY asset_id, part ORDER BY asset_id, part;
CREATE INDEX asset_run_asset ON cadastre.asset_run (asset_id);

-- The limit is what a row holds; by it the planner knows how few they are.
CREATE FUNCTION cadastre.runs_met(an_up int4multirange, a_heard int4multirange,
	a_quiet int4multirange) RETURNS TABLE (run_id int4, outcome text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 20 AS $$
	SELECT generate_series(lower(m.run), upper(m.run) - 1), m.outcome
	FROM (SELECT unnest(an_up) AS run, 'up' AS outcome
		UNION ALL SELECT unnest(a_heard), 'heard'
		UNION ALL SELECT unnest(a_quiet), 'quiet') AS m
	LIMIT 64
$$;
COMMENT ON FUNCTION cadastre.runs_met(int4multirange, int4multirange, int4multirange) IS
	'The runs in one row of asset_seen or asset_run';

CREATE VIEW cadastre.asset_met AS
SELECT s.asset_id, m.run_id, m.outcome
FROM cadastre.asset_seen s CROSS JOIN LATERAL cadastre.runs_met(s.up, s.heard, s.quiet) AS m
UNION ALL
SELECT r.asset_id, m.run_id, m.outcome
FROM cadastre.asset_run r CROSS JOIN LATERAL cadastre.runs_met(r.up, r.heard, r.quiet) AS m;
COMMENT ON VIEW cadastre.asset_met IS
	'Which run met which asset. No row: the run did not cover it, which says nothing about it';
COMMENT ON COLUMN cadastre.asset_met.outcome IS
	'up: it answered; heard: another one spoke of it; quiet: looked for, no answer';

CREATE VIEW cadastre.met_ever AS SELECT * FROM cadastre.asset_met;
COMMENT ON VIEW cadastre.met_ever IS 'asset_met as it is now, whatever time a question is about';

-- ---- services ---------------------------------------------------------------------------------

-- The same columns in an order that leaves no gaps between them: numbers first.
CREATE TEMPORARY TABLE again ON COMMIT DROP AS
SELECT 1 AS place, pg_get_indexdef(indexrelid) AS command
FROM pg_index WHERE indrelid = 'cadastre.service'::regclass
UNION ALL
SELECT 2, pg_get_statisticsobjdef(oid)
FROM pg_statistic_ext WHERE stxrelid = 'cadastre.service'::regclass
UNION ALL
SELECT 3, format('COMMENT ON %s IS %L', CASE d.objsubid WHEN 0 THEN 'TABLE cadastre.service'
	ELSE 'COLUMN cadastre.service.' || quote_ident(a.attname) END, d.description)
FROM pg_description d
LEFT JOIN pg_attribute a ON a.attrelid = d.objoid AND a.attnum = d.objsubid
WHERE d.classoid = 'pg_class'::regclass AND d.objoid = 'cadastre.service'::regclass;

ALTER TABLE cadastre.service RENAME TO service_before;
CREATE TABLE cadastre.service (
	asset_id int8 NOT NULL,
	digest int8,
	from_run int8 NOT NULL,
	until_run int8,
	realm_id int4 NOT NULL,
	port int4 NOT NULL CHECK (port BETWEEN 0 AND 65535),
	transport int2 NOT NULL,
	internal bool NOT NULL,
	exposed bool NOT NULL,
	address inet NOT NULL,
	protocol text NOT NULL,
	vendor text NOT NULL,
	product text NOT NULL,
	version text NOT NULL,
	cpe text NOT NULL,
	method text NOT NULL,
	evidence bytea,
	ended_before int8[]
);
INSERT INTO cadastre.service (asset_id, digest, from_run, until_run, realm_id, port, transport,
	internal, exposed, address, protocol, vendor, product, version, cpe, method, evidence,
	ended_before)
SELECT asset_id, digest, from_run, until_run, realm_id, port, transport, internal, exposed, address,
	protocol, vendor, product, version, cpe, method, evidence, ended_before
FROM cadastre.service_before
ORDER BY from_run, asset_id, address, transport, port;

-- ---- views ------------------------------------------------------------------------------------

-- Those that read the tables as they were read them as they are.
DO $$
DECLARE
	item record;
	body text := pg_get_functiondef('cadastre.as_of_build()'::regprocedure);
	part text[];
BEGIN
	DROP SCHEMA IF EXISTS cadastre_as_of CASCADE;
	FOR item IN
		SELECT DISTINCT w.ev_class::regclass AS name, pg_get_viewdef(w.ev_class) AS body
		FROM pg_depend d JOIN pg_rewrite w ON w.oid = d.objid
		WHERE d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass
			AND d.refobjid IN ('cadastre.asset_run_before'::regclass,
				'cadastre.service_before'::regclass)
	LOOP
		EXECUTE format('CREATE OR REPLACE VIEW %s AS %s', item.name,
			regexp_replace(regexp_replace(item.body, '(\mcadastre\.)?\masset_run_before\M',
				'cadastre.asset_met', 'g'),
				'(\mcadastre\.)?\mservice_before\M', 'cadastre.service', 'g'));
	END LOOP;
	FOREACH part SLICE 1 IN ARRAY ARRAY[
		['CREATE VIEW cadastre_as_of.asset_run AS SELECT * FROM cadastre.asset_run',
		 'CREATE VIEW cadastre_as_of.asset_met AS
		SELECT * FROM (
			SELECT s.asset_id, m.run_id, m.outcome FROM cadastre.asset_seen s
			CROSS JOIN LATERAL cadastre.runs_met(s.up, s.heard, s.quiet) AS m
			UNION ALL
			SELECT r.asset_id, m.run_id, m.outcome FROM cadastre.asset_run r
			CROSS JOIN LATERAL cadastre.runs_met(r.up, r.heard, r.quiet) AS m) AS m'],
		['FROM cadastre_as_of.asset_run', 'FROM cadastre_as_of.asset_met'],
		['NOT IN (''run_then'', ', 'NOT IN (''run_then'', ''asset_met'', ''met_ever'', ']]
	LOOP
		IF position(part[1] IN body) = 0 THEN
			RAISE EXCEPTION 'as_of_build() is not as expected: %', part[1];
		END IF;
		body := replace(body, part[1], part[2]);
	END LOOP;
	IF body ~ 'cadastre_as_of\.asset_run\M' THEN
		RAISE EXCEPTION 'as_of_build() is not as expected';
	END IF;
	EXECUTE body;
END $$;
DROP TABLE cadastre.asset_run_before, cadastre.service_before;

DO $$
DECLARE
	command text;
BEGIN
	FOR command IN SELECT a.command FROM again a ORDER BY a.place, a.command LOOP
		EXECUTE command;
	END LOOP;
END $$;

-- ---- keys -------------------------------------------------------------------------------------

-- By eight bytes of hash, not by its 32 digits and the type.
DROP INDEX cadastre.identity_key_find;
CREATE INDEX identity_key_find ON cadastre.identity_key (hashtextextended(value, 0))
	WHERE until_run IS NULL;

-- ---- staging ----------------------------------------------------------------------------------

ALTER TABLE cadastre.stage_unsettled ADD COLUMN held int8 NOT NULL DEFAULT 0;
ALTER TABLE cadastre.stage_unsettled ALTER COLUMN held SET STATISTICS 10;
COMMENT ON COLUMN cadastre.stage_unsettled.held IS
	'How many open services of it the vantage had seen';
ALTER TABLE cadastre.stage_endpoint ADD COLUMN spoke bool NOT NULL DEFAULT false;
ALTER TABLE cadastre.stage_endpoint ALTER COLUMN spoke SET STATISTICS 10;
COMMENT ON COLUMN cadastre.stage_endpoint.spoke IS 'A service greeted in a protocol that was recognised';

ANALYZE cadastre.service, cadastre.identity_key, cadastre.asset_seen, cadastre.asset_run;
