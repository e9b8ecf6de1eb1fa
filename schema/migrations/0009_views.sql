-- SPDX-License-Identifier: Apache-2.0
-- Views with stable names for people with psql: every fact with its two times, what each run began
-- and ended, and when a thing was last looked for and last met.
--
-- Conditions on asset_id, from_run and until_run reach the indexes of the fact tables: nothing here
-- sorts or groups above them.

-- Open and closed rows have indexes of their own: conditions that name both reach both.
CREATE VIEW cadastre.asset_history AS
SELECT h.asset_id, r.name AS realm, a.name AS asset, h.kind, h.subject, h.attribute, h.value,
	h.grade, h.source, h.method, h.from_run, h.until_run, f.ended AS valid_from,
	u.ended AS valid_until, f.filed AS known_from, u.filed AS known_until,
	encode(h.evidence, 'hex') AS evidence, h.realm_id
FROM (
	SELECT asset_id, realm_id, 'address' AS kind, host(address) AS subject,
		'mac' AS attribute, coalesce(mac::text, '') AS value, grade, reason AS source, method,
		NULL::bytea AS evidence, from_run, until_run
	FROM cadastre.address
	WHERE until_run IS NULL OR until_run IS NOT NULL
	UNION ALL
	SELECT asset_id, realm_id, 'name', host(address), 'name', name, grade, source, method,
		evidence, from_run, until_run
	FROM cadastre.name
	WHERE until_run IS NULL OR until_run IS NOT NULL
	UNION ALL
	SELECT asset_id, realm_id, 'service', host(address) || ' ' || CASE transport
			WHEN 6 THEN 'tcp' WHEN 17 THEN 'udp' ELSE transport::text END || '/' || port,
		coalesce(nullif(protocol, ''), 'open'), concat_ws(' ', nullif(vendor, ''),
			nullif(product, ''), nullif(version, '')), 'measured',
		CASE WHEN NOT exposed THEN 'internal' WHEN internal THEN 'internal, internet'
			ELSE 'internet' END, method, evidence, from_run, until_run
	FROM cadastre.service
	WHERE until_run IS NULL OR until_run IS NOT NULL
	UNION ALL
	SELECT asset_id, realm_id, 'key', '', type, value, 'measured', strength || CASE
			WHEN shared THEN ', shared' ELSE '' END, method, evidence, from_run, until_run
	FROM cadastre.identity_key
	WHERE until_run IS NULL OR until_run IS NOT NULL
	UNION ALL
	SELECT asset_id, realm_id, 'fact', subject, attribute, value, grade, source, method,
		evidence, from_run, until_run
	FROM cadastre.fact
	WHERE until_run IS NULL OR until_run IS NOT NULL
	UNION ALL
	SELECT asset_id, realm_id, 'link', CASE peer_asset_id WHEN 0 THEN host(peer_address)
			ELSE peer_asset_id::text END, layer, detail, grade, source, method, evidence,
		from_run, until_run
	FROM cadastre.link
	WHERE until_run IS NULL OR until_run IS NOT NULL
	UNION ALL
	SELECT asset_id, realm_id, 'hop', host(address), vantage || ' ' || distance,
		CASE peer_asset_id WHEN 0 THEN host(peer_address) ELSE peer_asset_id::text END,
		'measured', 'trace', 'trace', NULL, from_run, until_run
	FROM cadastre.hop
	WHERE until_run IS NULL OR until_run IS NOT NULL) AS h
JOIN cadastre.asset a ON a.asset_id = h.asset_id
JOIN cadastre.realm r ON r.realm_id = h.realm_id
LEFT JOIN cadastre.run f ON f.run_id = h.from_run
LEFT JOIN cadastre.run u ON u.run_id = h.until_run;
COMMENT ON VIEW cadastre.asset_history IS
	'Every fact that a run brought, the ended ones too, with its valid and its known time';
COMMENT ON COLUMN cadastre.asset_history.kind IS
	'Which table: address, name, service, key, fact, link, hop';
COMMENT ON COLUMN cadastre.asset_history.subject IS
	'What of the asset: an address, "198.18.10.11 tcp/443", a peer (asset_id or address)';
COMMENT ON COLUMN cadastre.asset_history.value IS 'What was measured or claimed';
COMMENT ON COLUMN cadastre.asset_history.source IS
	'Who said so; for a service, from which side it answers';
COMMENT ON COLUMN cadastre.asset_history.valid_from IS
	'Newest observation of the run that brought it: from then on it held';
COMMENT ON COLUMN cadastre.asset_history.valid_until IS
	'Newest observation of the run that ended it; NULL: it holds still';
COMMENT ON COLUMN cadastre.asset_history.known_from IS 'When the register learnt it';
COMMENT ON COLUMN cadastre.asset_history.known_until IS
	'When the register learnt that it had ended; NULL: it has not';
COMMENT ON COLUMN cadastre.asset_history.evidence IS 'SHA-256 of the first proof, hexadecimal';

CREATE VIEW cadastre.change_log AS
SELECT from_run AS run_id, 'begins' AS what, valid_from AS "time", known_from AS known, realm,
	asset_id, asset, kind, subject, attribute, value, grade, source, realm_id
FROM cadastre.asset_history
UNION ALL
SELECT until_run, 'ends', valid_until, known_until, realm, asset_id, asset, kind, subject,
	attribute, value, grade, source, realm_id
FROM cadastre.asset_history WHERE until_run IS NOT NULL;
COMMENT ON VIEW cadastre.change_log IS
	'What each run began and ended, fact by fact; `cadastre changes` pairs these for reading';
COMMENT ON COLUMN cadastre.change_log.what IS
	'begins or ends; a fact that changed is one of each, by the same run';
COMMENT ON COLUMN cadastre.change_log."time" IS 'Newest observation of the run';
COMMENT ON COLUMN cadastre.change_log.known IS 'When the run was filed';

-- A run looked for an address if its coverage holds it, in the realm of the asset.
CREATE VIEW cadastre.asset_looked AS
SELECT a.asset_id, r.name AS realm, a.name AS asset, d.address, looked.run_id AS looked_run,
	looked.ended AS last_looked, met.run_id AS met_run, met.ended AS last_met,
	CASE WHEN looked.run_id IS NULL THEN 'never looked for'
		WHEN met.run_id >= looked.run_id THEN 'met' ELSE 'not met' END AS standing,
	a.realm_id
FROM cadastre.asset a
JOIN cadastre.realm r ON r.realm_id = a.realm_id
JOIN cadastre.address d ON d.asset_id = a.asset_id AND d.until_run IS NULL
LEFT JOIN LATERAL (
	SELECT o.run_id, o.ended FROM cadastre.coverage c JOIN cadastre.run o USING (run_id)
	WHERE o.realm_id = a.realm_id AND c.cidr >>= d.address
	ORDER BY o.run_id DESC LIMIT 1) AS looked ON true
LEFT JOIN LATERAL (
	SELECT o.run_id, o.ended FROM cadastre.asset_run m JOIN cadastre.run o USING (run_id)
	WHERE m.asset_id = a.asset_id AND m.outcome <> 'quiet'
	ORDER BY o.run_id DESC LIMIT 1) AS met ON true
WHERE a.merged_into IS NULL;
COMMENT ON VIEW cadastre.asset_looked IS
	'When the addresses of an asset were last looked for, and when it was last met: not seen differs from not looked';
COMMENT ON COLUMN cadastre.asset_looked.last_looked IS
	'Newest observation of the newest run that covered the address; NULL: none did';
COMMENT ON COLUMN cadastre.asset_looked.last_met IS
	'The same of the newest run in which the asset answered or was heard of';
COMMENT ON COLUMN cadastre.asset_looked.standing IS
	'met: when it was last looked for, or since; not met: it was looked for since and was not there; never looked for: nothing is said by silence';

CREATE VIEW cadastre.service_looked AS
SELECT s.asset_id, r.name AS realm, a.name AS asset, s.address,
	CASE s.transport WHEN 6 THEN 'tcp' WHEN 17 THEN 'udp' ELSE s.transport::text END
		AS transport,
	s.port, looked.run_id AS looked_run, looked.ended AS last_looked, met.run_id AS met_run,
	met.ended AS last_met, s.realm_id
FROM cadastre.service s
JOIN cadastre.asset a ON a.asset_id = s.asset_id
JOIN cadastre.realm r ON r.realm_id = s.realm_id
LEFT JOIN LATERAL (
	SELECT o.run_id, o.ended FROM cadastre.coverage c JOIN cadastre.run o USING (run_id)
	WHERE o.realm_id = s.realm_id AND c.cidr >>= s.address AND c.transport = s.transport
		AND c.ports @> s.port
	ORDER BY o.run_id DESC LIMIT 1) AS looked ON true
LEFT JOIN LATERAL (
	SELECT o.run_id, o.ended
	FROM cadastre.asset_run m
	JOIN cadastre.run o USING (run_id)
	JOIN cadastre.coverage c ON c.run_id = m.run_id AND c.cidr >>= s.address
		AND c.transport = s.transport AND c.ports @> s.port
	WHERE m.asset_id = s.asset_id AND m.outcome = 'up'
	ORDER BY o.run_id DESC LIMIT 1) AS met ON true
WHERE s.until_run IS NULL;
COMMENT ON VIEW cadastre.service_looked IS
	'When the port of each open service was last asked for, and when it last answered';
COMMENT ON COLUMN cadastre.service_looked.last_looked IS
	'Newest observation of the newest run that asked for the port at the address';
COMMENT ON COLUMN cadastre.service_looked.last_met IS
	'The same of the newest such run that the asset answered; the service is open since, or would have ended';
