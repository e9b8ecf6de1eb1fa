-- SPDX-License-Identifier: Apache-2.0
-- Other times: since when an asset was known, which merges, splits and late runs change; and what a
-- late run ends that another run was known to end before.

DO $$
DECLARE
	item text;
BEGIN
	FOREACH item IN ARRAY ARRAY['address', 'name', 'service', 'identity_key', 'key_sighting',
		'fact', 'hop']
	LOOP
		EXECUTE format('ALTER TABLE cadastre.%I ADD COLUMN ended_before int8[]', item);
		EXECUTE format('COMMENT ON COLUMN cadastre.%I.ended_before IS %L', item,
			'runs that were known to end it before a late run ended it sooner; NULL: none');
	END LOOP;
END $$;

-- At another time an asset is there from the first run that gave it an address, and was first met by the
-- first that gave one to it or to what had been merged into it by then.
DO $$
DECLARE
	body text := pg_get_functiondef('cadastre.as_of_build()'::regprocedure);
	part text[];
	own text := '(d.until_run IS NULL OR d.until_run IS NOT NULL)';
BEGIN
	FOREACH part SLICE 1 IN ARRAY ARRAY[
		['e.attname = ''until_run'' AS fact',
		 'e.attname = ''until_run'' AS fact, CASE WHEN EXISTS (SELECT FROM pg_attribute b '
		 'WHERE b.attrelid = c.oid AND b.attname = ''ended_before'') THEN '
		 ''' AND (x.ended_before IS NULL OR NOT x.ended_before '
		 '&& ARRAY(SELECT run_id FROM cadastre.run_then))'' ELSE '''' END AS sooner'],
		['AND x.until_run NOT IN (SELECT run_id FROM cadastre.run_then)'',',
		 'AND x.until_run NOT IN (SELECT run_id FROM cadastre.run_then)'' || item.sooner,'],
		['a.seen_from, a.first_run, ',
		 'a.seen_from, coalesce(CASE WHEN EXISTS (SELECT FROM cadastre.asset_decision d '
		 'WHERE d.other_asset_id = a.asset_id AND d.kind = ''merge'') THEN ('
		 'WITH RECURSIVE self (asset_id) AS (SELECT a.asset_id UNION '
		 'SELECT d.asset_id FROM self JOIN cadastre_as_of.asset_decision d '
		 'ON d.other_asset_id = self.asset_id AND d.kind = ''merge'') '
		 'SELECT r.run_id FROM self JOIN cadastre.address d ON d.asset_id = self.asset_id '
		 'AND ' || own || ' JOIN cadastre.run_then r ON r.run_id = d.from_run '
		 'ORDER BY r.ended, r.run_id LIMIT 1) ELSE ('
		 'SELECT r.run_id FROM cadastre.address d '
		 'JOIN cadastre.run_then r ON r.run_id = d.from_run '
		 'WHERE d.asset_id = a.asset_id AND ' || own ||
		 ' ORDER BY r.ended, r.run_id LIMIT 1) END, a.first_run) AS first_run, '],
		['WHERE a.first_run IN (SELECT run_id FROM cadastre.run_then) OR EXISTS (',
		 'WHERE EXISTS (SELECT FROM cadastre.address d WHERE d.asset_id = a.asset_id AND ' || own ||
		 ' AND d.from_run IN (SELECT run_id FROM cadastre.run_then)) OR (NOT EXISTS ('
		 'SELECT FROM cadastre.address d WHERE d.asset_id = a.asset_id AND ' || own ||
		 ') AND a.first_run IN (SELECT run_id FROM cadastre.run_then)) OR EXISTS (']]
	LOOP
		IF position(part[1] IN body) = 0 THEN
			RAISE EXCEPTION 'as_of_build() is not as expected: %', part[1];
		END IF;
		body := replace(body, part[1], part[2]);
	END LOOP;
	EXECUTE body;
END $$;
