-- SPDX-License-Identifier: Apache-2.0
-- How sure a path is, in the path itself: it was read from the words of the run's plan until now. And at
-- which addresses of its two ends a link was told of, by which it goes along when an asset is split.

ALTER TABLE cadastre.hop ADD COLUMN method text NOT NULL DEFAULT 'trace';
UPDATE cadastre.hop h SET method = 'import'
FROM cadastre.run r
WHERE r.run_id = h.from_run AND r.plan LIKE 'import of %'
	AND r.plan NOT LIKE 'import of bundle %';
COMMENT ON COLUMN cadastre.hop.method IS
	'trace: we saw it ourselves, it is measured; import: a foreign file says so, it is claimed';

ALTER TABLE cadastre.link ADD COLUMN own_end inet, ADD COLUMN peer_end inet;
COMMENT ON COLUMN cadastre.link.own_end IS
	'Address of asset_id at which it was told of; NULL: not known, or of the whole asset';
COMMENT ON COLUMN cadastre.link.peer_end IS
	'Address of peer_asset_id at which it was told of; NULL as well where the peer is no asset';

-- What a foreign file said is claimed, of whatever kind it is.
CREATE OR REPLACE VIEW cadastre.asset_history AS
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
			nullif(product, ''), nullif(version, '')),
		CASE method WHEN 'import' THEN 'claimed' ELSE 'measured' END,
		CASE WHEN NOT exposed THEN 'internal' WHEN internal THEN 'internal, internet'
			ELSE 'internet' END, method, evidence, from_run, until_run
	FROM cadastre.service
	WHERE until_run IS NULL OR until_run IS NOT NULL
	UNION ALL
	SELECT asset_id, realm_id, 'key', '', type, value,
		CASE method WHEN 'import' THEN 'claimed' ELSE 'measured' END, strength || CASE
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
		CASE method WHEN 'import' THEN 'claimed' ELSE 'measured' END, 'trace', method, NULL,
		from_run, until_run
	FROM cadastre.hop
	WHERE until_run IS NULL OR until_run IS NOT NULL) AS h
JOIN cadastre.asset a ON a.asset_id = h.asset_id
JOIN cadastre.realm r ON r.realm_id = h.realm_id
LEFT JOIN cadastre.run f ON f.run_id = h.from_run
LEFT JOIN cadastre.run u ON u.run_id = h.until_run;
