-- SPDX-License-Identifier: Apache-2.0
-- What is looked up takes no longer in a large register than in a small one.

-- A system is named by a pattern in which letter case does not count.
CREATE INDEX system_lower ON cadastre.system (lower(id) text_pattern_ops);

-- Of one asset it is asked which kinds of rules and of duties there are at all. The planner, which takes
-- every kind for one that there is, would read all rules of the realm to find that one is not; in the order
-- of an index it looks each kind up.
DO $$
DECLARE
	part text[];
	body text;
BEGIN
	FOREACH part SLICE 1 IN ARRAY ARRAY[
		['cadastre.system_of(int8)',
		 'WHERE EXISTS (SELECT FROM cadastre.system_rule r
			WHERE r.realm_id = a_realm AND r.rule = k)',
		 'WHERE (SELECT true FROM cadastre.system_rule r
			WHERE r.realm_id = a_realm AND r.rule = k ORDER BY r.value LIMIT 1)'],
		['cadastre.responsible_of(int8, date)',
		 'WHERE EXISTS (SELECT FROM cadastre.responsibility r
			WHERE r.realm_id = a_realm AND r.subject = k)',
		 'WHERE (SELECT true FROM cadastre.responsibility r
			WHERE r.realm_id = a_realm AND r.subject = k ORDER BY r.value LIMIT 1)']]
	LOOP
		body := pg_get_functiondef(part[1]::regprocedure);
		IF position(part[2] IN body) = 0 THEN
			RAISE EXCEPTION '% is not as expected', part[1];
		END IF;
		EXECUTE replace(body, part[2], part[3]);
	END LOOP;
END $$;
