-- SPDX-License-Identifier: Apache-2.0
-- The whole register: organisations with contacts, events and validity; who manages and who
-- operates; zones and conduits; facilities, circuits and Internet exits; suppliers and remote
-- maintenance; core positions; data resources; scenarios; what is attested of single assets.
-- The fields follow the filing form of 2025 where they belong to organisation, object, scenario
-- and data; no names of persons, no identity numbers, no dates of birth are kept.
--
-- As before, every row is a statement with as_of, document, from_import and until_import. A
-- validity (valid_from, valid_until) is part of what is stated; -infinity: since ever.

-- ---- organisations ----------------------------------------------------------------------------

ALTER TABLE cadastre.organisation
	ADD COLUMN address text NOT NULL DEFAULT '',
	ADD COLUMN postcode text NOT NULL DEFAULT '',
	ADD COLUMN industry text NOT NULL DEFAULT '';
COMMENT ON COLUMN cadastre.organisation.industry IS 'Industry code of the filing form: 44 electric power';
COMMENT ON COLUMN cadastre.organisation.division IS 'Administrative division, GB/T 2260';

ALTER TABLE cadastre.org_role
	ADD COLUMN valid_from date NOT NULL DEFAULT '-infinity',
	ADD COLUMN valid_until date;
DROP INDEX cadastre.org_role_current;
CREATE UNIQUE INDEX org_role_current
	ON cadastre.org_role (realm_id, organisation, code, scope, valid_from)
	WHERE until_import IS NULL;

CREATE TABLE cadastre.org_contact (
	realm_id int4 NOT NULL REFERENCES cadastre.realm,
	organisation text NOT NULL,
	role text NOT NULL,
	department text NOT NULL,
	title text NOT NULL,
	phone text NOT NULL,
	email text NOT NULL,
	as_of date NOT NULL,
	document text NOT NULL,
	from_import int8 NOT NULL REFERENCES cadastre.register_import,
	until_import int8 REFERENCES cadastre.register_import
);
CREATE UNIQUE INDEX org_contact_current ON cadastre.org_contact (realm_id, organisation, role)
	WHERE until_import IS NULL;
COMMENT ON TABLE cadastre.org_contact IS
	'Office contacts of an organisation by role; offices, not persons';

CREATE TABLE cadastre.org_event (
	realm_id int4 NOT NULL REFERENCES cadastre.realm,
	organisation text NOT NULL,
	event text NOT NULL,
	day date NOT NULL,
	other text NOT NULL,
	note text NOT NULL,
	as_of date NOT NULL,
	document text NOT NULL,
	from_import int8 NOT NULL REFERENCES cadastre.register_import,
	until_import int8 REFERENCES cadastre.register_import
);
CREATE UNIQUE INDEX org_event_current
	ON cadastre.org_event (realm_id, organisation, event, day, other)
	WHERE until_import IS NULL;
COMMENT ON TABLE cadastre.org_event IS
	'Merger, division, dissolution and renaming of organisations (Order 745 Art. 21)';
COMMENT ON COLUMN cadastre.org_event.other IS 'Merged into, or split from; empty: nobody';

CREATE TABLE cadastre.responsibility (
	realm_id int4 NOT NULL REFERENCES cadastre.realm,
	subject text NOT NULL CHECK (subject IN ('system', 'subnet', 'asset', 'address', 'name',
		'tag', 'vlan', 'prefix')),
	value text NOT NULL,
	duty text NOT NULL CHECK (duty IN ('manages', 'operates', 'owns', 'uses')),
	organisation text NOT NULL,
	valid_from date NOT NULL DEFAULT '-infinity',
	valid_until date,
	prefix inet GENERATED ALWAYS AS
		(CASE WHEN subject IN ('address', 'prefix', 'subnet') THEN value::inet END) STORED,
	as_of date NOT NULL,
	document text NOT NULL,
	from_import int8 NOT NULL REFERENCES cadastre.register_import,
	until_import int8 REFERENCES cadastre.register_import
);
CREATE UNIQUE INDEX responsibility_current ON cadastre.responsibility
	(realm_id, subject, value, duty, organisation, valid_from) WHERE until_import IS NULL;
CREATE INDEX responsibility_prefix ON cadastre.responsibility USING gist (prefix inet_ops)
	WHERE until_import IS NULL;
COMMENT ON TABLE cadastre.responsibility IS
	'Who manages, operates, owns or uses a system, a subnet, or the assets that a rule names';

-- ---- places and circuits ------------------------------------------------------------------------

CREATE TABLE cadastre.facility (
	realm_id int4 NOT NULL REFERENCES cadastre.realm,
	id text NOT NULL,
	name text NOT NULL,
	organisation text NOT NULL,
	kind text NOT NULL,
	address text NOT NULL,
	division text NOT NULL,
	importance text NOT NULL,
	as_of date NOT NULL,
	document text NOT NULL,
	from_import int8 NOT NULL REFERENCES cadastre.register_import,
	until_import int8 REFERENCES cadastre.register_import
);
CREATE UNIQUE INDEX facility_current ON cadastre.facility (realm_id, id)
	WHERE until_import IS NULL;
COMMENT ON TABLE cadastre.facility IS 'Machine rooms, sites and substations';

CREATE TABLE cadastre.zone (
	realm_id int4 NOT NULL REFERENCES cadastre.realm,
	id text NOT NULL,
	name text NOT NULL,
	organisation text NOT NULL,
	parent text,
	purdue_level text NOT NULL,
	sl_t int2,
	protects text NOT NULL,
	importance text NOT NULL,
	function text NOT NULL,
	as_of date NOT NULL,
	document text NOT NULL,
	from_import int8 NOT NULL REFERENCES cadastre.register_import,
	until_import int8 REFERENCES cadastre.register_import
);
CREATE UNIQUE INDEX zone_current ON cadastre.zone (realm_id, id) WHERE until_import IS NULL;
COMMENT ON TABLE cadastre.zone IS 'Zones of a network; a subnet names its zone by this id';
COMMENT ON COLUMN cadastre.zone.sl_t IS 'Target security level, IEC 62443-3-3';
COMMENT ON COLUMN cadastre.zone.protects IS
	'Part in "one centre, three protects": management centre, network, boundary, environment';

CREATE TABLE cadastre.conduit (
	realm_id int4 NOT NULL REFERENCES cadastre.realm,
	id text NOT NULL,
	name text NOT NULL,
	zones text[] NOT NULL,
	protocols text[] NOT NULL,
	boundary_device text NOT NULL,
	as_of date NOT NULL,
	document text NOT NULL,
	from_import int8 NOT NULL REFERENCES cadastre.register_import,
	until_import int8 REFERENCES cadastre.register_import
);
CREATE UNIQUE INDEX conduit_current ON cadastre.conduit (realm_id, id) WHERE until_import IS NULL;
COMMENT ON TABLE cadastre.conduit IS
	'What may pass between zones, and the device at the boundary: its name or address';

ALTER TABLE cadastre.subnet
	ADD COLUMN vlan int2,
	ADD COLUMN facility text,
	ADD COLUMN function text NOT NULL DEFAULT '',
	ADD COLUMN importance text NOT NULL DEFAULT '';

CREATE TABLE cadastre.circuit (
	realm_id int4 NOT NULL REFERENCES cadastre.realm,
	id text NOT NULL,
	name text NOT NULL,
	organisation text NOT NULL,
	kind text NOT NULL,
	carrier text,
	number text NOT NULL,
	blocks cidr[] NOT NULL,
	bandwidth_mbps numeric,
	systems text[] NOT NULL,
	device text NOT NULL,
	facility text,
	counterpart text NOT NULL,
	as_of date NOT NULL,
	document text NOT NULL,
	from_import int8 NOT NULL REFERENCES cadastre.register_import,
	until_import int8 REFERENCES cadastre.register_import
);
CREATE UNIQUE INDEX circuit_current ON cadastre.circuit (realm_id, id) WHERE until_import IS NULL;
COMMENT ON TABLE cadastre.circuit IS 'Lines to others; those of kind internet are Internet exits';
COMMENT ON COLUMN cadastre.circuit.blocks IS 'Addresses that are reached by it';
COMMENT ON COLUMN cadastre.circuit.systems IS 'Systems behind it';

-- ---- businesses, systems, data ------------------------------------------------------------------

ALTER TABLE cadastre.business ADD COLUMN rpo_hours numeric;

ALTER TABLE cadastre.system
	ADD COLUMN object_no text NOT NULL DEFAULT '',
	ADD COLUMN business_type text NOT NULL DEFAULT '',
	ADD COLUMN description text NOT NULL DEFAULT '',
	ADD COLUMN technology text[] NOT NULL DEFAULT '{}',
	ADD COLUMN data_handled text NOT NULL DEFAULT '',
	ADD COLUMN deployment text NOT NULL DEFAULT '',
	ADD COLUMN network_nature text NOT NULL DEFAULT '',
	ADD COLUMN interconnection text NOT NULL DEFAULT '',
	ADD COLUMN in_service date,
	ADD COLUMN parent text,
	ADD COLUMN carried_by text;
COMMENT ON COLUMN cadastre.system.technology IS 'Classes of I(2): cloud, internet-of-things, ...';
COMMENT ON COLUMN cadastre.system.parent IS 'The system of which it is a part';
COMMENT ON COLUMN cadastre.system.carried_by IS 'The platform it runs on';

CREATE TABLE cadastre.scenario (
	realm_id int4 NOT NULL REFERENCES cadastre.realm,
	system text NOT NULL,
	kind text NOT NULL,
	role text NOT NULL,
	service_model text NOT NULL,
	deployment text NOT NULL,
	provider text,
	platform text NOT NULL,
	platform_tier int2,
	platform_filing_no text NOT NULL,
	place text NOT NULL,
	parts text NOT NULL,
	transport text NOT NULL,
	cross_border bool,
	as_of date NOT NULL,
	document text NOT NULL,
	from_import int8 NOT NULL REFERENCES cadastre.register_import,
	until_import int8 REFERENCES cadastre.register_import
);
CREATE UNIQUE INDEX scenario_current ON cadastre.scenario (realm_id, system, kind)
	WHERE until_import IS NULL;
COMMENT ON TABLE cadastre.scenario IS
	'Table 4 of the filing form: cloud, mobile, things, industrial control, big data';
COMMENT ON COLUMN cadastre.scenario.parts IS
	'Functional layers and components, perception nodes, terminals: as the form asks';

CREATE TABLE cadastre.data_resource (
	realm_id int4 NOT NULL REFERENCES cadastre.realm,
	id text NOT NULL,
	name text NOT NULL,
	organisation text NOT NULL,
	system text,
	level text NOT NULL,
	class text NOT NULL,
	personal_information text NOT NULL,
	volume_gb numeric,
	monthly_growth_gb numeric,
	records numeric,
	location text NOT NULL,
	cross_border bool,
	backup_mode text NOT NULL,
	backup_frequency text NOT NULL,
	backup_off_site bool,
	department text NOT NULL,
	responsible text,
	as_of date NOT NULL,
	document text NOT NULL,
	from_import int8 NOT NULL REFERENCES cadastre.register_import,
	until_import int8 REFERENCES cadastre.register_import
);
CREATE UNIQUE INDEX data_resource_current ON cadastre.data_resource (realm_id, id)
	WHERE until_import IS NULL;
COMMENT ON TABLE cadastre.data_resource IS
	'Table 6 of the filing form: one row for each smallest class of data';
COMMENT ON COLUMN cadastre.data_resource.responsible IS 'The position that answers for it';

-- ---- suppliers and positions --------------------------------------------------------------------

CREATE TABLE cadastre.contract (
	realm_id int4 NOT NULL REFERENCES cadastre.realm,
	id text NOT NULL,
	supplier text NOT NULL,
	organisation text NOT NULL,
	service text NOT NULL,
	systems text[] NOT NULL,
	access_path text NOT NULL,
	secrecy_agreement text NOT NULL,
	valid_from date,
	valid_until date,
	as_of date NOT NULL,
	document text NOT NULL,
	from_import int8 NOT NULL REFERENCES cadastre.register_import,
	until_import int8 REFERENCES cadastre.register_import
);
CREATE UNIQUE INDEX contract_current ON cadastre.contract (realm_id, id)
	WHERE until_import IS NULL;
COMMENT ON TABLE cadastre.contract IS
	'Who supplies which service, and how the supplier reaches the systems';
COMMENT ON COLUMN cadastre.contract.secrecy_agreement IS 'Its number; Order 745 Art. 20';

CREATE TABLE cadastre.remote_maintenance (
	realm_id int4 NOT NULL REFERENCES cadastre.realm,
	id text NOT NULL,
	supplier text NOT NULL,
	system text NOT NULL,
	path text NOT NULL,
	necessity text NOT NULL,
	assessment text NOT NULL,
	controls text NOT NULL,
	valid_until date NOT NULL,
	as_of date NOT NULL,
	document text NOT NULL,
	from_import int8 NOT NULL REFERENCES cadastre.register_import,
	until_import int8 REFERENCES cadastre.register_import
);
CREATE UNIQUE INDEX remote_maintenance_current ON cadastre.remote_maintenance (realm_id, id)
	WHERE until_import IS NULL;
COMMENT ON TABLE cadastre.remote_maintenance IS
	'Maintenance over the Internet: why it must be, how it was assessed, what controls it (II(5))';

CREATE TABLE cadastre.position (
	realm_id int4 NOT NULL REFERENCES cadastre.realm,
	id text NOT NULL,
	name text NOT NULL,
	organisation text NOT NULL,
	system text,
	holder text NOT NULL,
	screened_on date,
	screening_until date,
	trained_on date,
	as_of date NOT NULL,
	document text NOT NULL,
	from_import int8 NOT NULL REFERENCES cadastre.register_import,
	until_import int8 REFERENCES cadastre.register_import
);
CREATE UNIQUE INDEX position_current ON cadastre.position (realm_id, id)
	WHERE until_import IS NULL;
COMMENT ON TABLE cadastre.position IS 'Core positions, and when their holders were screened';
COMMENT ON COLUMN cadastre.position.holder IS
	'A reference that only the personnel office can resolve: no name, no identity number';

-- ---- single assets ------------------------------------------------------------------------------

CREATE TABLE cadastre.asset_statement (
	realm_id int4 NOT NULL REFERENCES cadastre.realm,
	selector text NOT NULL CHECK (selector IN ('asset', 'address', 'name', 'mac', 'serial')),
	asset text NOT NULL,
	attribute text NOT NULL,
	item text NOT NULL,
	value text NOT NULL,
	address inet GENERATED ALWAYS AS (CASE WHEN selector = 'address' THEN asset::inet END)
		STORED,
	as_of date NOT NULL,
	document text NOT NULL,
	from_import int8 NOT NULL REFERENCES cadastre.register_import,
	until_import int8 REFERENCES cadastre.register_import
);
CREATE INDEX asset_statement_address ON cadastre.asset_statement (address)
	WHERE until_import IS NULL AND address IS NOT NULL;
CREATE INDEX asset_statement_name ON cadastre.asset_statement (lower(asset))
	WHERE until_import IS NULL AND selector = 'name';
CREATE UNIQUE INDEX asset_statement_current
	ON cadastre.asset_statement (realm_id, selector, asset, attribute, item)
	WHERE until_import IS NULL;
CREATE INDEX asset_statement_value ON cadastre.asset_statement (attribute, value)
	WHERE until_import IS NULL;
COMMENT ON TABLE cadastre.asset_statement IS
	'What is attested of an asset, whether it was met or not: role, importance, zone, tag, ...';
COMMENT ON COLUMN cadastre.asset_statement.asset IS 'The address, name, MAC, serial or asset number';
COMMENT ON COLUMN cadastre.asset_statement.item IS 'The tag: of tags an asset has several; else empty';

ALTER TABLE cadastre.system_rule DROP CONSTRAINT system_rule_rule_check;
ALTER TABLE cadastre.system_rule ADD CONSTRAINT system_rule_rule_check
	CHECK (rule IN ('asset', 'address', 'name', 'tag', 'vlan', 'prefix'));
ALTER TABLE cadastre.system_rule RENAME COLUMN prefix TO old_prefix;
ALTER TABLE cadastre.system_rule ALTER COLUMN old_prefix DROP EXPRESSION;
ALTER TABLE cadastre.system_rule ADD COLUMN prefix inet GENERATED ALWAYS AS
	(CASE WHEN rule IN ('address', 'prefix') THEN value::inet END) STORED;
DROP INDEX cadastre.system_rule_prefix;
CREATE INDEX system_rule_prefix ON cadastre.system_rule USING gist (prefix inet_ops)
	WHERE until_import IS NULL;

-- Which assets the attested statements are about. Those that name nothing met are not in it.
CREATE VIEW cadastre.asset_attested AS
WITH hit AS (
	SELECT s.*, a.asset_id
	FROM cadastre.asset a
	JOIN cadastre.asset_statement s ON s.realm_id = a.realm_id AND s.until_import IS NULL
		AND s.selector = 'asset' AND s.asset = a.asset_id::text
	WHERE a.merged_into IS NULL
	UNION ALL
	SELECT s.*, a.merged_into
	FROM cadastre.asset a
	JOIN cadastre.asset_statement s ON s.realm_id = a.realm_id AND s.until_import IS NULL
		AND s.selector = 'asset' AND s.asset = a.asset_id::text
	WHERE a.merged_into IS NOT NULL
	UNION ALL
	SELECT s.*, a.asset_id
	FROM cadastre.address a
	JOIN cadastre.asset_statement s ON s.realm_id = a.realm_id AND s.until_import IS NULL
		AND s.address = a.address
	WHERE a.until_run IS NULL
	UNION ALL
	SELECT s.*, n.asset_id
	FROM cadastre.name n
	JOIN cadastre.asset_statement s ON s.realm_id = n.realm_id AND s.until_import IS NULL
		AND s.selector = 'name' AND lower(s.asset) = lower(n.name)
	WHERE n.until_run IS NULL
	UNION ALL
	SELECT s.*, k.asset_id
	FROM cadastre.identity_key k
	JOIN cadastre.asset_statement s ON s.realm_id = k.realm_id AND s.until_import IS NULL
		AND s.selector = k.type AND s.asset = k.value
	WHERE k.until_run IS NULL AND NOT k.shared AND k.type IN ('mac', 'serial')
	UNION ALL
	SELECT s.*, a.asset_id
	FROM cadastre.address a
	JOIN cadastre.asset_statement s ON s.realm_id = a.realm_id AND s.until_import IS NULL
		AND s.selector = 'mac' AND s.asset = a.mac::text
	WHERE a.until_run IS NULL AND a.mac IS NOT NULL
)
SELECT DISTINCT asset_id, realm_id, attribute, value, selector, asset, as_of, document, from_import
FROM hit;
COMMENT ON VIEW cadastre.asset_attested IS
	'What is attested of assets that were met, by the asset; never overwritten by discovery';

CREATE OR REPLACE VIEW cadastre.asset_system AS
WITH hit AS (
	SELECT a.asset_id, a.realm_id, r.system, r.rule, r.value, r.as_of, r.document,
		r.from_import, CASE r.rule WHEN 'address' THEN 2 ELSE 6 END AS place,
		masklen(r.prefix) AS length, a.address
	FROM cadastre.address a
	JOIN cadastre.system_rule r ON r.realm_id = a.realm_id AND r.until_import IS NULL
		AND r.prefix >>= a.address
	WHERE a.until_run IS NULL
	UNION ALL
	SELECT n.asset_id, n.realm_id, r.system, r.rule, r.value, r.as_of, r.document,
		r.from_import, 3, length(r.value), n.address
	FROM cadastre.name n
	JOIN cadastre.system_rule r ON r.realm_id = n.realm_id AND r.until_import IS NULL
		AND r.rule = 'name' AND lower(n.name) LIKE r.pattern
	WHERE n.until_run IS NULL
	UNION ALL
	SELECT a.asset_id, a.realm_id, r.system, r.rule, r.value, r.as_of, r.document,
		r.from_import, 1, 0, NULL
	FROM cadastre.asset a
	JOIN cadastre.system_rule r ON r.realm_id = a.realm_id AND r.until_import IS NULL
		AND r.rule = 'asset' AND r.value = a.asset_id::text
	WHERE a.merged_into IS NULL
	UNION ALL
	SELECT a.merged_into, a.realm_id, r.system, r.rule, r.value, r.as_of, r.document,
		r.from_import, 1, 0, NULL
	FROM cadastre.asset a
	JOIN cadastre.system_rule r ON r.realm_id = a.realm_id AND r.until_import IS NULL
		AND r.rule = 'asset' AND r.value = a.asset_id::text
	WHERE a.merged_into IS NOT NULL
	UNION ALL
	SELECT t.asset_id, t.realm_id, r.system, r.rule, r.value, r.as_of, r.document,
		r.from_import, CASE r.rule WHEN 'tag' THEN 4 ELSE 5 END, 0, NULL
	FROM cadastre.system_rule r
	JOIN cadastre.asset_attested t ON t.realm_id = r.realm_id AND t.attribute = r.rule
		AND t.value = r.value
	WHERE r.until_import IS NULL AND r.rule IN ('tag', 'vlan')
	UNION ALL
	SELECT a.asset_id, a.realm_id, r.system, r.rule, r.value, r.as_of, r.document,
		r.from_import, 5, masklen(n.prefix), a.address
	FROM cadastre.system_rule r
	JOIN cadastre.subnet n ON n.realm_id = r.realm_id AND n.until_import IS NULL
		AND n.vlan::text = r.value
	JOIN cadastre.address a ON a.realm_id = n.realm_id AND a.until_run IS NULL
		AND n.prefix >>= a.address
	WHERE r.until_import IS NULL AND r.rule = 'vlan'
), of_address AS (
	SELECT DISTINCT ON (asset_id, address) * FROM hit
	ORDER BY asset_id, address, place, length DESC, system
)
SELECT DISTINCT ON (h.asset_id) h.asset_id, h.realm_id, h.system, h.rule, h.value, h.as_of,
	h.document, h.from_import
FROM of_address h
JOIN cadastre.asset a USING (asset_id)
LEFT JOIN cadastre.system s ON s.realm_id = h.realm_id AND s.id = h.system
	AND s.until_import IS NULL
ORDER BY h.asset_id, h.place,
	(a.role IN ('router', 'switch', 'firewall') AND s.kind = 'network-facility') DESC,
	h.length DESC, h.address, h.system;
COMMENT ON VIEW cadastre.asset_system IS
	'The system of each asset by the rules of the register; computed, so that discovery and register may come in any order. An asset named by hand wins over an address, an address over a name, a name over a tag, a tag over a VLAN, a VLAN over a prefix. Of several addresses in several systems, a device that forwards belongs to the network facility, any other to the longest prefix';
COMMENT ON TABLE cadastre.system_rule IS
	'which assets are a system''s: an asset wins over an address, that over a name, that over a tag, that over a VLAN, that over a prefix, a longer prefix over a shorter one';
ALTER TABLE cadastre.system_rule DROP COLUMN old_prefix;

-- ---- views for people -----------------------------------------------------------------------------

CREATE VIEW cadastre.internet_exit AS
SELECT c.realm_id, c.id, c.name, c.organisation, c.carrier, c.number, c.blocks, c.bandwidth_mbps,
	c.systems, c.device, c.facility, c.as_of, c.document
FROM cadastre.circuit c
WHERE c.until_import IS NULL AND c.kind = 'internet';
COMMENT ON VIEW cadastre.internet_exit IS
	'Circuits to the Internet as attested now: carrier, number, addresses, systems behind';

CREATE VIEW cadastre.asset_responsible AS
WITH edge AS NOT MATERIALIZED (
	SELECT * FROM cadastre.responsibility r
	WHERE r.until_import IS NULL AND r.valid_from <= current_date
		AND (r.valid_until IS NULL OR r.valid_until >= current_date)
), hit AS (
	SELECT a.asset_id, 1 AS place, 0 AS length, e.*
	FROM edge e
	JOIN cadastre.asset a ON a.realm_id = e.realm_id AND e.value = a.asset_id::text
	WHERE e.subject = 'asset' AND a.merged_into IS NULL
	UNION ALL
	SELECT a.merged_into, 1, 0, e.*
	FROM edge e
	JOIN cadastre.asset a ON a.realm_id = e.realm_id AND e.value = a.asset_id::text
	WHERE e.subject = 'asset' AND a.merged_into IS NOT NULL
	UNION ALL
	SELECT a.asset_id, CASE e.subject WHEN 'address' THEN 2 ELSE 6 END, masklen(e.prefix), e.*
	FROM edge e
	JOIN cadastre.address a ON a.realm_id = e.realm_id AND a.until_run IS NULL
		AND e.prefix >>= a.address
	UNION ALL
	SELECT n.asset_id, 3, length(e.value), e.*
	FROM edge e
	JOIN cadastre.name n ON n.realm_id = e.realm_id AND n.until_run IS NULL
		AND lower(n.name) LIKE translate(replace(replace(replace(lower(e.value),
			'\', '\\'), '%', '\%'), '_', '\_'), '*?', '%_')
	WHERE e.subject = 'name'
	UNION ALL
	SELECT t.asset_id, CASE e.subject WHEN 'tag' THEN 4 ELSE 5 END, 0, e.*
	FROM edge e
	JOIN cadastre.asset_attested t ON t.realm_id = e.realm_id AND t.attribute = e.subject
		AND t.value = e.value
	WHERE e.subject IN ('tag', 'vlan')
	UNION ALL
	SELECT a.asset_id, 5, masklen(n.prefix), e.*
	FROM edge e
	JOIN cadastre.subnet n ON n.realm_id = e.realm_id AND n.until_import IS NULL
		AND n.vlan::text = e.value
	JOIN cadastre.address a ON a.realm_id = n.realm_id AND a.until_run IS NULL
		AND n.prefix >>= a.address
	WHERE e.subject = 'vlan'
	UNION ALL
	SELECT m.asset_id, 7, 0, e.*
	FROM edge e
	JOIN cadastre.asset_system m ON m.realm_id = e.realm_id AND m.system = e.value
	WHERE e.subject = 'system'
)
SELECT DISTINCT ON (h.asset_id, h.duty, h.organisation) h.asset_id, h.realm_id, h.duty,
	h.organisation, o.name AS organisation_name, h.subject, h.value, h.as_of, h.document,
	h.from_import
FROM (SELECT *, rank() OVER (PARTITION BY asset_id, duty ORDER BY place, length DESC) AS first
	FROM hit) h
LEFT JOIN cadastre.organisation o ON o.realm_id = h.realm_id AND o.id = h.organisation
	AND o.until_import IS NULL
WHERE h.first = 1
ORDER BY h.asset_id, h.duty, h.organisation, h.value;
COMMENT ON VIEW cadastre.asset_responsible IS
	'Who manages, operates, owns and uses each asset today; what is said of it most closely counts: the asset itself, an address, a name, a tag, a VLAN, the longest prefix, its system';

CREATE VIEW cadastre.review_disagreement AS
WITH member AS MATERIALIZED (
	SELECT asset_id, system FROM cadastre.asset_system
), observed AS (
	SELECT asset_id, 'role' AS attribute, role AS value FROM cadastre.asset WHERE role <> 'unknown'
	UNION ALL SELECT asset_id, 'vendor', vendor FROM cadastre.asset WHERE vendor <> ''
	UNION ALL SELECT asset_id, 'product', model FROM cadastre.asset WHERE model <> ''
	UNION ALL SELECT asset_id, 'os', os FROM cadastre.asset WHERE os <> ''
	UNION ALL SELECT asset_id, 'name', name FROM cadastre.name WHERE until_run IS NULL
	UNION ALL SELECT asset_id, 'mac', mac::text FROM cadastre.address
		WHERE until_run IS NULL AND mac IS NOT NULL
	UNION ALL SELECT a.asset_id, 'zone', n.zone
		FROM cadastre.address a
		CROSS JOIN LATERAL (SELECT zone FROM cadastre.subnet
			WHERE subnet.realm_id = a.realm_id AND subnet.until_import IS NULL
				AND subnet.prefix >>= a.address
			ORDER BY masklen(subnet.prefix) DESC LIMIT 1) n
		WHERE a.until_run IS NULL AND n.zone <> ''
), compared AS (
	SELECT t.realm_id, t.asset_id, t.attribute, t.value, t.selector, t.asset, t.from_import,
		string_agg(DISTINCT o.value, ', ' ORDER BY o.value) AS seen,
		bool_or(lower(o.value) = lower(t.value)
			OR t.attribute = 'name' AND lower(split_part(o.value, '.', 1)) = lower(t.value)
			OR t.attribute = 'os' AND strpos(lower(o.value), lower(t.value)) > 0
			OR t.attribute IN ('vendor', 'product')
				AND (strpos(lower(o.value), lower(t.value)) > 0
					OR strpos(lower(t.value), lower(o.value)) > 0)) AS agrees
	FROM cadastre.asset_attested t
	JOIN observed o ON o.asset_id = t.asset_id AND o.attribute = t.attribute
	GROUP BY 1, 2, 3, 4, 5, 6, 7
	UNION ALL
	SELECT t.realm_id, t.asset_id, 'address block', t.value, t.selector, t.asset, t.from_import,
		string_agg(host(a.address), ', ' ORDER BY a.address),
		bool_and(a.address <<= CASE WHEN t.attribute = 'prefix' THEN t.value::inet END)
	FROM cadastre.asset_attested t
	JOIN cadastre.address a ON a.asset_id = t.asset_id AND a.until_run IS NULL
	WHERE t.attribute = 'prefix'
	GROUP BY 1, 2, 3, 4, 5, 6, 7
), item AS (
	SELECT c.realm_id, c.asset_id, c.attribute || ' differs' AS what,
		'stated ' || c.value || ' (' || c.selector || ' ' || c.asset || '), observed ' || c.seen
			AS detail, i.imported AS since
	FROM compared c LEFT JOIN cadastre.register_import i ON i.id = c.from_import
	WHERE NOT c.agrees
	UNION ALL
	SELECT s.realm_id, NULL, 'stated, never met', s.selector || ' ' || s.asset || CASE
			WHEN s.looked THEN ': looked for and not found' ELSE ': not looked for yet' END,
		s.since
	FROM (
		SELECT s.realm_id, s.selector, s.asset, min(i.imported) AS since,
			bool_or(s.selector = 'address' AND EXISTS (SELECT FROM cadastre.coverage v
				JOIN cadastre.run USING (run_id)
				WHERE run.realm_id = s.realm_id
					AND v.cidr >>= CASE WHEN s.selector = 'address'
						THEN s.asset::inet END)) AS looked
		FROM cadastre.asset_statement s
		JOIN cadastre.register_import i ON i.id = s.from_import
		WHERE s.until_import IS NULL AND NOT EXISTS (
			SELECT FROM cadastre.asset_attested t
			WHERE t.realm_id = s.realm_id AND t.selector = s.selector AND t.asset = s.asset)
		GROUP BY 1, 2, 3) s
	WHERE s.looked OR s.selector <> 'address'
	UNION ALL
	SELECT a.realm_id, a.asset_id, 'met, not stated',
		'no system of the register claims ' || string_agg(host(d.address), ', ' ORDER BY d.address),
		min(f.ended)
	FROM cadastre.asset a
	JOIN cadastre.address d ON d.asset_id = a.asset_id AND d.until_run IS NULL
	LEFT JOIN cadastre.run f ON f.run_id = a.first_run
	LEFT JOIN member m ON m.asset_id = a.asset_id
	WHERE m.asset_id IS NULL AND a.merged_into IS NULL AND a.state <> 'retired'
		AND EXISTS (SELECT FROM cadastre.system s WHERE s.realm_id = a.realm_id
			AND s.until_import IS NULL AND NOT s.external)
	GROUP BY a.realm_id, a.asset_id
)
SELECT i.realm_id, i.asset_id, coalesce(m.system, '') AS system, 'disagreement'::text AS kind,
	i.what AS subject, i.detail, i.since
FROM item i LEFT JOIN member m ON m.asset_id = i.asset_id;
COMMENT ON VIEW cadastre.review_disagreement IS
	'Where what is attested and what was observed part: a value differs, a stated asset was looked for and never met, a met one belongs to no system';

-- ---- writing and reading statements ---------------------------------------------------------------

-- The tables of statements are alike: realm, what is stated, as_of, document, from_import,
-- until_import. These functions are written once for all of them; names of tables and columns come
-- from the catalogue or from the program and are quoted, values are parameters. Without nested
-- loops: the planner cannot know how much a file states.

CREATE FUNCTION cadastre.register_columns(a_table regclass) RETURNS name[] LANGUAGE sql STABLE
SET search_path = cadastre, pg_temp AS $$
	SELECT array_agg(attname ORDER BY attnum) FROM pg_attribute
	WHERE attrelid = a_table AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
		AND attname NOT IN ('realm_id', 'from_import', 'until_import')
$$;
COMMENT ON FUNCTION cadastre.register_columns(regclass) IS 'What a table of statements states';

CREATE FUNCTION cadastre.register_key(a_table regclass) RETURNS name[] LANGUAGE sql STABLE
SET search_path = cadastre, pg_temp AS $$
	SELECT array_agg(a.attname ORDER BY k.place)
	FROM pg_index i
	JOIN pg_class c ON c.oid = i.indexrelid
	JOIN pg_class t ON t.oid = i.indrelid
	CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k (attnum, place)
	JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
	WHERE i.indrelid = a_table AND c.relname = t.relname || '_current'
		AND a.attname <> 'realm_id'
$$;
COMMENT ON FUNCTION cadastre.register_key(regclass) IS
	'What names one statement of a table: the columns of its index of current rows';

CREATE FUNCTION cadastre.register_close(a_table text, a_realm int4, a_given text, a_owner text,
	a_owners text, a_complete bool, a_import int8) RETURNS int8 LANGUAGE plpgsql
SET search_path = cadastre, pg_temp SET enable_nestloop = off AS $$
DECLARE
	stated name[] := register_columns(a_table::regclass);
	key name[] := register_key(a_table::regclass);
	is_same text := (SELECT string_agg(format('given.%1$I = held.%1$I', k), ' AND ')
		FROM unnest(key) AS k);
	is_equal text := (SELECT string_agg(format('given.%1$I IS NOT DISTINCT FROM held.%1$I', s),
		' AND ') FROM unnest(stated) AS s);
	n int8;
BEGIN
	EXECUTE format('UPDATE %1$I AS held SET until_import = $5
		WHERE held.realm_id = $1 AND held.until_import IS NULL
			AND ($4 OR held.%2$I::text IN (SELECT jsonb_array_elements_text($3::jsonb))
				OR EXISTS (SELECT FROM jsonb_populate_recordset(NULL::%1$I, $2::jsonb)
					AS given WHERE %3$s AND given.%2$I = held.%2$I))
			AND NOT EXISTS (SELECT FROM jsonb_populate_recordset(NULL::%1$I, $2::jsonb)
				AS given WHERE %3$s AND %4$s)', a_table, a_owner, is_same, is_equal)
	USING a_realm, a_given, a_owners, a_complete, a_import;
	GET DIAGNOSTICS n = ROW_COUNT;
	RETURN n;
END $$;
-- (A rule that another system holds is not ended by a file that does not restate that system.)
COMMENT ON FUNCTION cadastre.register_close(text, int4, text, text, text, bool, int8) IS
	'Ends the statements of a table that a file states otherwise, or no longer';

CREATE FUNCTION cadastre.register_add(a_table text, a_realm int4, a_given text, a_import int8)
RETURNS int8 LANGUAGE plpgsql SET search_path = cadastre, pg_temp SET enable_nestloop = off AS $$
DECLARE
	stated name[] := register_columns(a_table::regclass);
	key name[] := register_key(a_table::regclass);
	n int8;
BEGIN
	EXECUTE format('INSERT INTO %1$I (realm_id, %2$s, from_import)
		SELECT $1, %3$s, $3 FROM jsonb_populate_recordset(NULL::%1$I, $2::jsonb) AS given
		WHERE NOT EXISTS (SELECT FROM %1$I AS held
			WHERE held.realm_id = $1 AND held.until_import IS NULL AND %4$s)',
		a_table,
		(SELECT string_agg(format('%I', s), ', ') FROM unnest(stated) AS s),
		(SELECT string_agg(format('given.%I', s), ', ') FROM unnest(stated) AS s),
		(SELECT string_agg(format('given.%1$I = held.%1$I', k), ' AND ') FROM unnest(key) AS k))
	USING a_realm, a_given, a_import;
	GET DIAGNOSTICS n = ROW_COUNT;
	RETURN n;
END $$;
COMMENT ON FUNCTION cadastre.register_add(text, int4, text, int8) IS
	'Writes the statements of a table that a file states and the register does not hold';

-- One text for each row: the columns that were asked for, divided by U+001F, which no clean text
-- has; U+001E stands for NULL. A statement holds from its as_of until that of the one that took
-- its place, or until the day of the import that ended it.
CREATE FUNCTION cadastre.register_rows(a_table text, a_columns text, a_realm int4, a_day date,
	a_about text, a_id text) RETURNS SETOF text LANGUAGE plpgsql STABLE
SET search_path = cadastre, pg_temp AS $$
DECLARE
	key name[] := register_key(a_table::regclass);
	shown text := (
		SELECT string_agg(format('coalesce(%s, E''\x1e'')', CASE
			WHEN t.typname = 'bool' THEN format(
				'CASE held.%1$I WHEN true THEN ''yes'' WHEN false THEN ''no'' END', c.name)
			WHEN t.typname = 'numeric' THEN format('trim_scale(held.%I)::text', c.name)
			WHEN t.typname = 'date' THEN format(
				'CASE WHEN isfinite(held.%1$I) THEN held.%1$I::text END', c.name)
			WHEN t.typname IN ('_text', '_cidr') THEN format(
				'array_to_string(held.%I, '' '')', c.name)
			ELSE format('held.%I::text', c.name) END), ', ' ORDER BY c.place)
		FROM unnest(string_to_array(a_columns, ',')) WITH ORDINALITY AS c (name, place)
		JOIN pg_attribute a ON a.attrelid = a_table::regclass AND a.attname = c.name
		JOIN pg_type t ON t.oid = a.atttypid);
	about text := (
		SELECT string_agg(format(CASE WHEN t.typname = '_text' THEN '$4 = ANY (held.%I)'
			ELSE 'held.%I::text = $4' END, c.name), ' OR ')
		FROM unnest(string_to_array(a_about, ',')) AS c (name)
		JOIN pg_attribute a ON a.attrelid = a_table::regclass AND a.attname = c.name
		JOIN pg_type t ON t.oid = a.atttypid);
BEGIN
	RETURN QUERY EXECUTE format('
		SELECT concat_ws(E''\x1f'', r.name,
			to_char(i.imported, ''YYYY-MM-DD"T"HH24:MI:SS"Z"''), %2$s)
		FROM %1$I AS held
		JOIN realm r USING (realm_id)
		JOIN register_import i ON i.id = held.from_import
		WHERE ($1 IS NULL OR held.realm_id = $1) AND (%3$s)
			AND CASE WHEN $2 IS NULL THEN held.until_import IS NULL
				ELSE held.as_of <= $2 AND (held.until_import IS NULL OR $2 < coalesce(
					(SELECT after.as_of FROM %1$I AS after
						WHERE after.realm_id = held.realm_id
							AND after.from_import = held.until_import AND %4$s),
					(SELECT u.imported::date FROM register_import u
						WHERE u.id = held.until_import))) END
		ORDER BY r.name COLLATE "C", %5$s',
		a_table, shown, coalesce(about, 'true'),
		(SELECT string_agg(format('after.%1$I = held.%1$I', k), ' AND ') FROM unnest(key) AS k),
		(SELECT string_agg(CASE WHEN t.typname = 'text' THEN format('held.%I COLLATE "C"', a.attname)
				ELSE format('held.%I', a.attname) END, ', ' ORDER BY k.place)
			FROM unnest(key) WITH ORDINALITY AS k (name, place)
			JOIN pg_attribute a ON a.attrelid = a_table::regclass AND a.attname = k.name
			JOIN pg_type t ON t.oid = a.atttypid))
	USING a_realm, a_day, a_about, a_id;
END $$;
COMMENT ON FUNCTION cadastre.register_rows(text, text, int4, date, text, text) IS
	'The statements of a table as they hold now or held on a day, those of a thing or all, as text';
