-- SPDX-License-Identifier: Apache-2.0
-- Other times for questions about all assets: which were quiet is found by an index, and the ranges of
-- runs that met them can be read whatever time a question is about.

CREATE INDEX fact_state ON cadastre.fact (asset_id) WHERE subject = '' AND attribute = 'state';

CREATE VIEW cadastre.seen_ever AS SELECT * FROM cadastre.asset_seen;
COMMENT ON VIEW cadastre.seen_ever IS 'asset_seen as it is now, whatever time a question is about';

DO $$
DECLARE
	body text := pg_get_functiondef('cadastre.as_of_build()'::regprocedure);
	part text := 'NOT IN (''run_then'', ';
BEGIN
	IF position(part IN body) = 0 THEN
		RAISE EXCEPTION 'as_of_build() is not as expected: %', part;
	END IF;
	EXECUTE replace(body, part, part || '''seen_ever'', ');
END $$;
