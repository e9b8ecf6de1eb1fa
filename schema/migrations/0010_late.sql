-- SPDX-License-Identifier: Apache-2.0
-- Bundles that come late: what an older run than those filed already found is history.

ALTER TABLE cadastre.run ADD COLUMN late bool NOT NULL DEFAULT false;
COMMENT ON COLUMN cadastre.run.late IS
	'A newer run had looked at the same things when it was filed: what it found is history';

CREATE OR REPLACE VIEW cadastre.run_then AS
SELECT * FROM cadastre.run WHERE ended <= cadastre.as_of() AND run_id <= cadastre.known_run();

-- At another time the newest run is the newest by its own time, and an asset is there from the
-- first run that met it, whenever that was filed.
DO $$
DECLARE
	body text := pg_get_functiondef('cadastre.as_of_build()'::regprocedure);
	part text[];
BEGIN
	FOREACH part SLICE 1 IN ARRAY ARRAY[
		['SELECT asset_id, max(run_id)::int8 AS last_run FROM cadastre_as_of.asset_run',
		 'SELECT asset_id, (array_agg(run_id ORDER BY ended DESC, run_id DESC))[1]::int8 AS last_run '
		 'FROM (SELECT m.*, r.ended FROM cadastre_as_of.asset_run m '
		 'JOIN cadastre.run_then r USING (run_id)) m'],
		['a.first_run AS last_run',
		 'CASE WHEN (SELECT f.late FROM cadastre.run f WHERE f.run_id = a.first_run) '
		 'THEN 0 ELSE a.first_run END AS last_run'],
		['WHERE a.first_run IN (SELECT run_id FROM cadastre.run_then);',
		 'WHERE a.first_run IN (SELECT run_id FROM cadastre.run_then) OR EXISTS ('
		 'SELECT FROM cadastre_as_of.asset_run m '
		 'WHERE m.asset_id = a.asset_id AND m.outcome <> ''quiet'');']]
	LOOP
		IF position(part[1] IN body) = 0 THEN
			RAISE EXCEPTION 'as_of_build() is not as expected: %', part[1];
		END IF;
		body := replace(body, part[1], part[2]);
	END LOOP;
	EXECUTE body;
END $$;
