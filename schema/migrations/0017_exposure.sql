-- SPDX-License-Identifier: Apache-2.0
-- Exposure beside the register: which Internet exits lead to what is exposed, and whether remote
-- maintenance that answers to the Internet is what the register says of remote maintenance (guiding
-- opinions 1960 (2020), II(5): only when necessary, with its assessment and controls explained).

-- The statement about remote maintenance that a service of a system is covered by: in force before
-- run out, then the newest. A path that names addresses speaks of those alone.
CREATE FUNCTION cadastre.maintenance_entry(a_realm int4, a_system text, an_address inet,
	a_time timestamptz)
RETURNS TABLE (id text, supplier text, valid_until date) LANGUAGE sql STABLE ROWS 1 AS $$
	SELECT m.id, m.supplier, m.valid_until
	FROM cadastre.remote_maintenance m
	WHERE m.realm_id = a_realm AND m.system = a_system AND m.until_import IS NULL
		AND a_system <> ''
		AND (m.path !~ '\d+\.\d+\.\d+\.\d+|[0-9a-fA-F]*:[0-9a-fA-F]*:[0-9a-fA-F:]*'
			OR lower(m.path) ~ CASE family(an_address)
				WHEN 4 THEN '(?<![\d.])' || replace(host(an_address), '.', '\.')
					|| '(?!\d|\.\d)'
				ELSE '(?<![\da-f:])' || host(an_address) || '(?![\da-f:])' END)
	ORDER BY m.valid_until >= a_time::date DESC, m.valid_until DESC, m.id
	LIMIT 1
$$;
COMMENT ON FUNCTION cadastre.maintenance_entry(int4, text, inet, timestamptz) IS
	'The attested remote maintenance that covers a service of a system: in force before expired';

CREATE FUNCTION cadastre.exits_of(a_realm int4, a_system text, an_address inet) RETURNS text
LANGUAGE sql STABLE AS $$
	SELECT coalesce(string_agg(x.id, ' ' ORDER BY x.id) FILTER (WHERE x.holds),
		string_agg(x.id, ' ' ORDER BY x.id), '')
	FROM (SELECT e.id, an_address <<= ANY (e.blocks) AS holds
		FROM cadastre.internet_exit e
		WHERE e.realm_id = a_realm
			AND (an_address <<= ANY (e.blocks) OR a_system = ANY (e.systems))) AS x
$$;
COMMENT ON FUNCTION cadastre.exits_of(int4, text, inet) IS
	'The Internet exits that an address is reached by: those whose blocks hold it, else those of its system';

CREATE VIEW cadastre.exposed_maintenance AS
SELECT e.realm, e.organisation, e.system, e.asset_id, e.asset, e.address, e.transport, e.port,
	e.kind, e.protocol, e.since, CASE WHEN m.id IS NULL THEN 'unregistered'
		WHEN m.valid_until < now()::date THEN 'expired' ELSE 'registered' END AS state,
	m.id AS registration, m.supplier, m.valid_until, e.realm_id
FROM cadastre.exposure_current e
LEFT JOIN LATERAL cadastre.maintenance_entry(e.realm_id, e.system, e.address, now()) m ON true
WHERE e.kind IN ('administration', 'remote maintenance');
COMMENT ON VIEW cadastre.exposed_maintenance IS
	'Administration and remote maintenance that answers to the Internet vantage, with what the register attests of remote maintenance of the system';
COMMENT ON COLUMN cadastre.exposed_maintenance.state IS
	'registered; expired: the registration ran out; unregistered: none covers it';

CREATE VIEW cadastre.review_maintenance AS
SELECT realm_id, asset_id, system, 'unregistered remote maintenance' AS kind,
	host(address) || ' ' || transport || '/' || port AS subject,
	kind || coalesce(', ' || nullif(protocol, ''), '') || CASE state WHEN 'expired'
		THEN ', registration ' || registration || ' expired ' || valid_until ELSE '' END
		AS detail,
	since
FROM cadastre.exposed_maintenance WHERE state <> 'registered';
COMMENT ON VIEW cadastre.review_maintenance IS
	'Exposed administration and remote maintenance that no registration in force covers';

-- The review with one arm more. Who is responsible at another time is told by that time; whose an
-- asset is, by the membership that is kept, not by judging all rules again.
DO $$
DECLARE
	body text := pg_get_viewdef('cadastre.asset_responsible'::regclass);
	part text[];
BEGIN
	FOREACH part SLICE 1 IN ARRAY ARRAY[['CURRENT_DATE', 'now()::date'],
		['asset_system m ', 'asset_member m ']]
	LOOP
		IF position(part[1] IN body) = 0 THEN
			RAISE EXCEPTION 'asset_responsible is not as expected: %', part[1];
		END IF;
		body := replace(body, part[1], part[2]);
	END LOOP;
	EXECUTE 'CREATE OR REPLACE VIEW cadastre.asset_responsible AS ' || body;
	EXECUTE 'CREATE OR REPLACE VIEW cadastre.review AS '
		|| rtrim(pg_get_viewdef('cadastre.review'::regclass), '; ')
		|| ' UNION ALL SELECT realm_id, asset_id, system, kind, subject, detail, since '
		'FROM cadastre.review_maintenance';
END $$;
