-- SPDX-License-Identifier: Apache-2.0
-- as_of_build() in one place: what 0005 began and 0010 and 0012 changed in parts, whole and unchanged.
-- Whoever changes it next restates it whole.

-- Open and closed rows are taken apart, since each kind has indexes of its own. Where a table has no
-- such index for what is asked, `until_run IS NULL OR until_run IS NOT NULL` names both kinds, so
-- that both partial indexes are used.
CREATE OR REPLACE FUNCTION cadastre.as_of_build() RETURNS void LANGUAGE plpgsql
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
			e.attname = 'until_run' AS fact,
			-- What a late run ended sooner than another was known to end it.
			CASE WHEN EXISTS (SELECT FROM pg_attribute b
				WHERE b.attrelid = c.oid AND b.attname = 'ended_before')
			THEN ' AND (x.ended_before IS NULL OR NOT x.ended_before '
				'&& ARRAY(SELECT run_id FROM cadastre.run_then))'
			ELSE '' END AS sooner
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
				'AND x.until_run NOT IN (SELECT run_id FROM cadastre.run_then)'
				|| item.sooner,
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
	-- The newest run is the newest by its own time, whenever it was filed.
	CREATE VIEW cadastre_as_of.asset_seen AS
		SELECT asset_id,
			(array_agg(run_id ORDER BY ended DESC, run_id DESC))[1]::int8 AS last_run
		FROM (SELECT m.*, r.ended FROM cadastre_as_of.asset_run m
			JOIN cadastre.run_then r USING (run_id)) m
		WHERE outcome <> 'quiet' GROUP BY asset_id;
	-- A decision held until the one that undid it.
	CREATE VIEW cadastre_as_of.asset_decision AS SELECT * FROM cadastre.asset_decision d
		WHERE d.run_id IN (SELECT run_id FROM cadastre.run_then)
			AND NOT EXISTS (SELECT FROM cadastre.asset_decision u
				WHERE (u.undoes = d.decision_id OR (u.kind = 'revive' AND d.kind = 'retire'
						AND u.asset_id = d.asset_id AND u.decision_id > d.decision_id))
					AND u.run_id IN (SELECT run_id FROM cadastre.run_then));
	-- An asset is there from the first run that gave it an address or met it, and was first met by
	-- the first that gave one to it or to what had been merged into it by then.
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
			coalesce(p.os, a.os) AS os, a.seen_from,
			coalesce(CASE WHEN EXISTS (SELECT FROM cadastre.asset_decision d
				WHERE d.other_asset_id = a.asset_id AND d.kind = 'merge')
			THEN (
				WITH RECURSIVE self (asset_id) AS (
					SELECT a.asset_id
					UNION
					SELECT d.asset_id FROM self
					JOIN cadastre_as_of.asset_decision d
						ON d.other_asset_id = self.asset_id AND d.kind = 'merge')
				SELECT r.run_id FROM self
				JOIN cadastre.address d ON d.asset_id = self.asset_id
					AND (d.until_run IS NULL OR d.until_run IS NOT NULL)
				JOIN cadastre.run_then r ON r.run_id = d.from_run
				ORDER BY r.ended, r.run_id LIMIT 1)
			ELSE (
				SELECT r.run_id FROM cadastre.address d
				JOIN cadastre.run_then r ON r.run_id = d.from_run
				WHERE d.asset_id = a.asset_id
					AND (d.until_run IS NULL OR d.until_run IS NOT NULL)
				ORDER BY r.ended, r.run_id LIMIT 1)
			END, a.first_run) AS first_run,
			CASE WHEN (SELECT f.late FROM cadastre.run f WHERE f.run_id = a.first_run)
			THEN 0 ELSE a.first_run END AS last_run,
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
		WHERE EXISTS (SELECT FROM cadastre.address d
			WHERE d.asset_id = a.asset_id
				AND (d.until_run IS NULL OR d.until_run IS NOT NULL)
				AND d.from_run IN (SELECT run_id FROM cadastre.run_then))
		OR (NOT EXISTS (SELECT FROM cadastre.address d
				WHERE d.asset_id = a.asset_id
					AND (d.until_run IS NULL OR d.until_run IS NOT NULL))
			AND a.first_run IN (SELECT run_id FROM cadastre.run_then))
		OR EXISTS (SELECT FROM cadastre_as_of.asset_run m
			WHERE m.asset_id = a.asset_id AND m.outcome <> 'quiet');
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
