-- SPDX-License-Identifier: Apache-2.0
-- Proposals on a whole register: what stands of each pack about each subject, until when, and what
-- an identification must look at again; whose packs they are.

-- ---- packs ------------------------------------------------------------------------------------

ALTER TABLE cadastre.norm_pack
	ADD COLUMN unit text NOT NULL DEFAULT 'system',
	ADD COLUMN signed_by text NOT NULL DEFAULT '',
	ADD COLUMN signed timestamptz,
	ADD COLUMN unsigned_reason text NOT NULL DEFAULT '';
COMMENT ON COLUMN cadastre.norm_pack.unit IS 'What it judges: system, organisation, zone, subnet';
COMMENT ON COLUMN cadastre.norm_pack.signed_by IS
	'Whose signature was verified, and by which key; or that it came with the program. Empty with unsigned_reason, and of packs from before signatures were asked for';
COMMENT ON COLUMN cadastre.norm_pack.unsigned_reason IS
	'Why it was installed without a signature';

-- ---- evaluations ------------------------------------------------------------------------------

-- Reasons are made from pack and inputs when they are asked for: criterion_result and
-- explanation hold those of earlier evaluations only.
ALTER TABLE cadastre.norm_eval
	ADD COLUMN unit text NOT NULL DEFAULT 'system',
	ADD COLUMN until_day int4,
	ADD COLUMN verdicts text NOT NULL DEFAULT '',
	ADD COLUMN degrees text NOT NULL DEFAULT '',
	ADD COLUMN dues text NOT NULL DEFAULT '',
	ADD COLUMN explanation_sha256 text NOT NULL DEFAULT '',
	ALTER COLUMN explanation SET DEFAULT '',
	DROP CONSTRAINT norm_eval_outcome_check,
	ADD CONSTRAINT norm_eval_outcome_check
		CHECK (outcome = 'n/a' OR outcome ~ '^[a-z0-9][a-z0-9-]{0,19}$');
COMMENT ON COLUMN cadastre.norm_eval.system IS 'The subject: of the kind that unit says';
COMMENT ON COLUMN cadastre.norm_eval.until_day IS
	'The first day, counted from 1970-01-01, on which time alone may change it; as known when it was made';
COMMENT ON COLUMN cadastre.norm_eval.verdicts IS
	'Criteria in order, with + for met, - for not met, ? for unknown';
COMMENT ON COLUMN cadastre.norm_eval.degrees IS
	'Matrices with their values: s=2 a=3 tier=3; tier=2-4 as long as facts are missing';
COMMENT ON COLUMN cadastre.norm_eval.dues IS
	'What falls due as things stood: a line for each, day, criterion, fact, what it is called';
COMMENT ON COLUMN cadastre.norm_eval.explanation_sha256 IS
	'Of the explanation that pack and inputs gave; empty where the explanation itself is kept';
COMMENT ON TABLE cadastre.criterion_result IS
	'Reasons of earlier proposals, one row for each criterion; no longer written';

-- ---- what stands ------------------------------------------------------------------------------

CREATE TABLE cadastre.norm_standing (
	realm_id int4 NOT NULL,
	unit text COLLATE "C" NOT NULL,
	system text COLLATE "C" NOT NULL,
	pack text COLLATE "C" NOT NULL,
	eval_id int8 NOT NULL,
	basis bytea NOT NULL,
	outcome text NOT NULL,
	notable bool NOT NULL,
	silent bool NOT NULL,
	measured bool NOT NULL,
	until_day int4,
	PRIMARY KEY (realm_id, unit, system, pack)
);
COMMENT ON TABLE cadastre.norm_standing IS
	'The newest evaluation of each pack about each subject: what proposals are listed by';
COMMENT ON COLUMN cadastre.norm_standing.basis IS
	'First 16 bytes of the SHA-256 of version, pack''s SHA-256 and inputs'' SHA-256, a space between';
COMMENT ON COLUMN cadastre.norm_standing.notable IS
	'It meets the norm to some degree, or needs a review';
COMMENT ON COLUMN cadastre.norm_standing.silent IS
	'The pack is not in force any more, another one speaks in its place, or the subject is gone';
COMMENT ON COLUMN cadastre.norm_standing.measured IS
	'What runs found was part of the dossier';
COMMENT ON COLUMN cadastre.norm_standing.until_day IS
	'The first day, counted from 1970-01-01, on which time alone may change it';
CREATE INDEX norm_standing_due ON cadastre.norm_standing (realm_id, unit, until_day)
	WHERE until_day IS NOT NULL AND NOT silent;
CREATE INDEX norm_standing_notable ON cadastre.norm_standing (realm_id, unit, pack)
	WHERE notable AND NOT silent;

INSERT INTO cadastre.norm_standing (realm_id, unit, system, pack, eval_id, basis, outcome, notable,
	silent, measured)
SELECT DISTINCT ON (realm_id, system, pack) realm_id, 'system', system, pack, id,
	substring(sha256(convert_to(version || ' ' || pack_sha256 || ' ' || inputs_sha256, 'UTF8'))
		FROM 1 FOR 16),
	outcome, outcome IN ('cii', 'review'), false, true
FROM cadastre.norm_eval ORDER BY realm_id, system, pack, id DESC;

CREATE TABLE cadastre.norm_identified (
	realm_id int4 NOT NULL REFERENCES cadastre.realm,
	unit text NOT NULL,
	packs text NOT NULL,
	import_id int8 NOT NULL,
	run_id int8 NOT NULL,
	designation_id int8 NOT NULL,
	justification_id int8 NOT NULL,
	as_of timestamptz NOT NULL,
	graph_until int4,
	PRIMARY KEY (realm_id, unit)
);
COMMENT ON TABLE cadastre.norm_identified IS
	'Up to where the last identification of a realm looked at everything that could have changed';
COMMENT ON COLUMN cadastre.norm_identified.packs IS
	'SHA-256 of the versions and hashes of all packs that judged';
COMMENT ON COLUMN cadastre.norm_identified.graph_until IS
	'The first day, counted from 1970-01-01, on which time alone may change what stands in norm_graph; NULL: nothing stands there';

CREATE TABLE cadastre.norm_graph (
	realm_id int4 NOT NULL,
	system text COLLATE "C" NOT NULL,
	answers bytea NOT NULL,
	PRIMARY KEY (realm_id, system)
);
COMMENT ON TABLE cadastre.norm_graph IS
	'What the graph of systems answered to what packs ask, where one asks without limit: only who is answered otherwise is judged again when a dependency changes';
COMMENT ON COLUMN cadastre.norm_graph.answers IS
	'In the order of packs and facts; as inventory/norm/judge_graph.c writes it';

-- ---- what changed -----------------------------------------------------------------------------

-- Statements of the register by the import that brought or ended them.
DO $$
DECLARE
	t name;
BEGIN
	FOR t IN SELECT c.relname FROM pg_class c
		WHERE c.relnamespace = 'cadastre'::regnamespace AND c.relkind = 'r' AND EXISTS (
			SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'until_import')
		ORDER BY c.relname
	LOOP
		EXECUTE format('CREATE INDEX %I ON cadastre.%I (from_import)', t || '_since', t);
		EXECUTE format('CREATE INDEX %I ON cadastre.%I (until_import)
			WHERE until_import IS NOT NULL', t || '_until', t);
	END LOOP;
END
$$;

-- What a dossier names of others is found from them.
CREATE INDEX business_support_business ON cadastre.business_support (realm_id, business)
	WHERE until_import IS NULL;
CREATE INDEX dependency_on ON cadastre.dependency (realm_id, on_system)
	WHERE until_import IS NULL;
CREATE INDEX system_organisation ON cadastre.system (realm_id, organisation)
	WHERE until_import IS NULL;

CREATE FUNCTION cadastre.register_changed(a_realm int4, after int8, since timestamptz, a_column text)
RETURNS TABLE (relation text, value text) LANGUAGE plpgsql STABLE AS $$
DECLARE
	t record;
BEGIN
	FOR t IN SELECT c.relname, format_type(a.atttypid, NULL) = 'text[]' AS many, EXISTS (
			SELECT FROM pg_attribute v WHERE v.attrelid = c.oid
				AND v.attname = 'valid_from') AS begins, EXISTS (
			SELECT FROM pg_attribute v WHERE v.attrelid = c.oid
				AND v.attname = 'valid_until') AS ends
		FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = a_column
			AND NOT a.attisdropped
		WHERE c.relnamespace = 'cadastre'::regnamespace AND c.relkind = 'r' AND EXISTS (
			SELECT FROM pg_attribute u WHERE u.attrelid = c.oid
				AND u.attname = 'until_import')
	LOOP
		RETURN QUERY EXECUTE format(
			'SELECT DISTINCT %L::text, v FROM cadastre.%I t, %s AS v
			WHERE realm_id = $1 AND (from_import > $2 OR until_import > $2 %s %s)
				AND v IS NOT NULL',
			t.relname, t.relname, CASE WHEN t.many THEN format('unnest(%I)', a_column)
				ELSE format('CAST(t.%I AS text)', a_column) END,
			CASE WHEN t.begins AND since::date < current_date THEN
				'OR valid_from > $3::date AND valid_from <= current_date' END,
			CASE WHEN t.ends AND since::date < current_date THEN
				'OR valid_until >= $3::date AND valid_until < current_date' END)
			USING a_realm, after, since;
	END LOOP;
END
$$;
COMMENT ON FUNCTION cadastre.register_changed(int4, int8, timestamptz, text) IS
	'What stood or stands in a column of that name, of any table of the register, in statements that imports after that one brought or ended, or whose validity began or ended since';

CREATE FUNCTION cadastre.graph_changed(a_realm int4, after int8, since timestamptz, entries int8,
	sums bool)
RETURNS TABLE (system text, hops int4, hops_back int4) LANGUAGE sql STABLE AS $$
	WITH s AS (
		SELECT * FROM cadastre.system
		WHERE realm_id = a_realm AND (from_import <= after AND until_import > after
			OR from_import > after AND until_import IS NULL)
	), carried AS (
		SELECT id, carried_by FROM s WHERE carried_by IS NOT NULL
		GROUP BY id, carried_by, as_of HAVING count(*) = 1
	), needs AS (
		SELECT from_system, on_system FROM cadastre.dependency
		WHERE realm_id = a_realm AND (from_import <= after AND until_import > after
			OR from_import > after AND until_import IS NULL)
		GROUP BY from_system, on_system, strength, as_of, document, redundant
		HAVING count(*) = 1
	)
	SELECT id, 0, 0 FROM s GROUP BY id, sector, organisation, lifecycle = 'retired'
	HAVING count(*) = 1
	UNION SELECT carried_by, 1, NULL FROM carried
	UNION SELECT id, NULL, 1 FROM carried
	UNION SELECT on_system, 1, NULL FROM needs
	UNION SELECT from_system, NULL, 1 FROM needs
	UNION SELECT system, 0, 0 FROM cadastre.system_tier
	WHERE realm_id = a_realm AND (from_import <= after AND until_import > after
		OR from_import > after AND until_import IS NULL)
	GROUP BY system, final HAVING count(*) = 1
	UNION SELECT system, 0, 0 FROM cadastre.system_list
	WHERE realm_id = a_realm AND (list = 'dependants' OR sums AND list = 'controls')
		AND (from_import <= after AND until_import > after
			OR from_import > after AND until_import IS NULL)
	GROUP BY system, list, complete, hops, as_of, document HAVING count(*) = 1
	UNION SELECT system, 0, 0 FROM cadastre.controlled_unit
	WHERE sums AND realm_id = a_realm AND (from_import <= after AND until_import > after
		OR from_import > after AND until_import IS NULL)
	GROUP BY system, id, mw, as_of HAVING count(*) = 1
	UNION SELECT system, 0, 0 FROM cadastre.metric
	WHERE sums AND realm_id = a_realm AND (from_import <= after AND until_import > after
		OR from_import > after AND until_import IS NULL)
	GROUP BY system, name, unit, value, as_of HAVING count(*) = 1
	UNION SELECT system, 0, 0 FROM cadastre.designation
	WHERE realm_id = a_realm AND (id > entries OR valid_from > since OR valid_until > since)
$$;
COMMENT ON FUNCTION cadastre.graph_changed(int4, int8, timestamptz, int8, bool) IS
	'Systems at which the graph of systems differs since an import, an entry of the list and a time, and how many hops towards dependants, and the other way, are behind them already: what stands in one of the two states only';
