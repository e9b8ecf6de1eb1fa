-- SPDX-License-Identifier: Apache-2.0
-- The register: what organisations attest about businesses, systems and networks; norm packs,
-- their evaluations, and the designation list.
--
-- Every attested row is a statement: `as_of` is the day it is true for, `document` the paper
-- behind it, `from_import` the import that brought it and `until_import` the one that ended it
-- (NULL: still true). A statement that changes is closed and written anew; nothing is deleted,
-- and discovery never touches these tables. Keys are those of the operator, within a realm.

CREATE TABLE cadastre.register_import (
	id int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	realm_id int4 NOT NULL REFERENCES cadastre.realm,
	file text NOT NULL,
	sha256 text NOT NULL,
	document text NOT NULL,
	complete bool NOT NULL,
	imported timestamptz NOT NULL DEFAULT now(),
	written int8 NOT NULL DEFAULT 0,
	closed int8 NOT NULL DEFAULT 0,
	unchanged int8 NOT NULL DEFAULT 0
);
COMMENT ON TABLE cadastre.register_import IS 'One row for each register file that was read';

CREATE TABLE cadastre.organisation (
	realm_id int4 NOT NULL REFERENCES cadastre.realm,
	id text NOT NULL,
	name text NOT NULL,
	sector text NOT NULL,
	credit_code text NOT NULL,
	unit_type text NOT NULL,
	affiliation text NOT NULL,
	division text NOT NULL,
	parent text,
	as_of date NOT NULL,
	document text NOT NULL,
	from_import int8 NOT NULL REFERENCES cadastre.register_import,
	until_import int8 REFERENCES cadastre.register_import
);
COMMENT ON TABLE cadastre.organisation IS
	'Organisations as attested; parent is the one above';
CREATE UNIQUE INDEX organisation_current ON cadastre.organisation (realm_id, id)
	WHERE until_import IS NULL;

CREATE TABLE cadastre.org_role (
	realm_id int4 NOT NULL REFERENCES cadastre.realm,
	organisation text NOT NULL,
	code text NOT NULL,
	scope text NOT NULL,
	as_of date NOT NULL,
	document text NOT NULL,
	from_import int8 NOT NULL REFERENCES cadastre.register_import,
	until_import int8 REFERENCES cadastre.register_import
);
COMMENT ON TABLE cadastre.org_role IS
	'What an organisation is in the scheme: operator, protection department, ...';
CREATE UNIQUE INDEX org_role_current ON cadastre.org_role (realm_id, organisation, code, scope)
	WHERE until_import IS NULL;

CREATE TABLE cadastre.subnet (
	realm_id int4 NOT NULL REFERENCES cadastre.realm,
	prefix cidr NOT NULL,
	name text NOT NULL,
	zone text NOT NULL,
	as_of date NOT NULL,
	document text NOT NULL,
	from_import int8 NOT NULL REFERENCES cadastre.register_import,
	until_import int8 REFERENCES cadastre.register_import
);
COMMENT ON TABLE cadastre.subnet IS
	'Names and zones of prefixes, as attested';
CREATE UNIQUE INDEX subnet_current ON cadastre.subnet (realm_id, prefix) WHERE until_import IS NULL;

CREATE TABLE cadastre.business (
	realm_id int4 NOT NULL REFERENCES cadastre.realm,
	id text NOT NULL,
	name text NOT NULL,
	organisation text NOT NULL,
	sector text NOT NULL,
	function text NOT NULL,
	is_key bool NOT NULL,
	rto_hours numeric,
	fallback_hours numeric,
	as_of date NOT NULL,
	document text NOT NULL,
	from_import int8 NOT NULL REFERENCES cadastre.register_import,
	until_import int8 REFERENCES cadastre.register_import
);
COMMENT ON TABLE cadastre.business IS
	'Functions of organisations; key ones are those whose loss harms the sector';
CREATE UNIQUE INDEX business_current ON cadastre.business (realm_id, id) WHERE until_import IS NULL;

CREATE TABLE cadastre.system (
	realm_id int4 NOT NULL REFERENCES cadastre.realm,
	id text NOT NULL,
	name text NOT NULL,
	organisation text NOT NULL,
	sector text NOT NULL,
	external bool NOT NULL,
	class text NOT NULL,
	kind text NOT NULL,
	function text NOT NULL,
	service_scope text NOT NULL,
	counterparts text NOT NULL,
	lifecycle text NOT NULL,
	as_of date NOT NULL,
	document text NOT NULL,
	from_import int8 NOT NULL REFERENCES cadastre.register_import,
	until_import int8 REFERENCES cadastre.register_import
);
COMMENT ON TABLE cadastre.system IS
	'What is judged and designated: information systems, network facilities, data resources';
CREATE UNIQUE INDEX system_current ON cadastre.system (realm_id, id) WHERE until_import IS NULL;
COMMENT ON COLUMN cadastre.system.external IS
	'of somebody else: named for its dependencies, not judged and without assets';

CREATE TABLE cadastre.system_tier (
	realm_id int4 NOT NULL REFERENCES cadastre.realm,
	system text NOT NULL,
	s int2 NOT NULL,
	a int2 NOT NULL,
	final int2 GENERATED ALWAYS AS (greatest(s, a)) STORED,
	determined date,
	as_of date NOT NULL,
	document text NOT NULL,
	from_import int8 NOT NULL REFERENCES cadastre.register_import,
	until_import int8 REFERENCES cadastre.register_import
);
COMMENT ON TABLE cadastre.system_tier IS
	'Protection tier of a system: S for information, A for service';
CREATE UNIQUE INDEX system_tier_current ON cadastre.system_tier (realm_id, system)
	WHERE until_import IS NULL;
COMMENT ON COLUMN cadastre.system_tier.final IS 'GB/T 22240: the higher of S and A';

CREATE TABLE cadastre.metric (
	realm_id int4 NOT NULL REFERENCES cadastre.realm,
	system text NOT NULL,
	name text NOT NULL,
	unit text NOT NULL,
	value numeric NOT NULL,
	as_of date NOT NULL,
	document text NOT NULL,
	from_import int8 NOT NULL REFERENCES cadastre.register_import,
	until_import int8 REFERENCES cadastre.register_import
);
COMMENT ON TABLE cadastre.metric IS
	'Figures about a system: customers served, ...';
CREATE UNIQUE INDEX metric_current ON cadastre.metric (realm_id, system, name, unit)
	WHERE until_import IS NULL;

CREATE TABLE cadastre.system_list (
	realm_id int4 NOT NULL REFERENCES cadastre.realm,
	system text NOT NULL,
	list text NOT NULL CHECK (list IN ('supports', 'controls', 'dependants')),
	complete bool NOT NULL,
	hops int2,
	as_of date NOT NULL,
	document text NOT NULL,
	from_import int8 NOT NULL REFERENCES cadastre.register_import,
	until_import int8 REFERENCES cadastre.register_import
);
CREATE UNIQUE INDEX system_list_current ON cadastre.system_list (realm_id, system, list)
	WHERE until_import IS NULL;
COMMENT ON TABLE cadastre.system_list IS
	'whether a list of a system is stated to be complete: what is not in it is then not there';

CREATE TABLE cadastre.business_support (
	realm_id int4 NOT NULL REFERENCES cadastre.realm,
	system text NOT NULL,
	business text NOT NULL,
	strength text NOT NULL,
	as_of date NOT NULL,
	document text NOT NULL,
	from_import int8 NOT NULL REFERENCES cadastre.register_import,
	until_import int8 REFERENCES cadastre.register_import
);
COMMENT ON TABLE cadastre.business_support IS
	'How strongly a system carries a business';
CREATE UNIQUE INDEX business_support_current ON cadastre.business_support (realm_id, system, business)
	WHERE until_import IS NULL;

CREATE TABLE cadastre.controlled_unit (
	realm_id int4 NOT NULL REFERENCES cadastre.realm,
	system text NOT NULL,
	id text NOT NULL,
	name text NOT NULL,
	mw numeric,
	as_of date NOT NULL,
	document text NOT NULL,
	from_import int8 NOT NULL REFERENCES cadastre.register_import,
	until_import int8 REFERENCES cadastre.register_import
);
COMMENT ON TABLE cadastre.controlled_unit IS
	'What a control system controls: substations, generators, ...';
CREATE UNIQUE INDEX controlled_unit_current ON cadastre.controlled_unit (realm_id, system, id)
	WHERE until_import IS NULL;

CREATE TABLE cadastre.answer (
	realm_id int4 NOT NULL REFERENCES cadastre.realm,
	system text NOT NULL,
	pack text NOT NULL,
	criterion text NOT NULL,
	met bool NOT NULL,
	official text NOT NULL,
	as_of date NOT NULL,
	document text NOT NULL,
	from_import int8 NOT NULL REFERENCES cadastre.register_import,
	until_import int8 REFERENCES cadastre.register_import
);
CREATE UNIQUE INDEX answer_current ON cadastre.answer (realm_id, system, pack, criterion)
	WHERE until_import IS NULL;
COMMENT ON TABLE cadastre.answer IS 'What an official answered to a criterion left to judgement';

CREATE TABLE cadastre.system_rule (
	realm_id int4 NOT NULL REFERENCES cadastre.realm,
	system text NOT NULL,
	rule text NOT NULL CHECK (rule IN ('address', 'name', 'prefix')),
	value text NOT NULL,
	prefix inet GENERATED ALWAYS AS
		(CASE WHEN rule <> 'name' THEN value::inet END) STORED,
	pattern text GENERATED ALWAYS AS
		(CASE WHEN rule = 'name' THEN
			translate(replace(replace(replace(lower(value), '\', '\\'), '%', '\%'), '_', '\_'),
				'*?', '%_') END) STORED,
	as_of date NOT NULL,
	document text NOT NULL,
	from_import int8 NOT NULL REFERENCES cadastre.register_import,
	until_import int8 REFERENCES cadastre.register_import
);
CREATE UNIQUE INDEX system_rule_current ON cadastre.system_rule (realm_id, rule, value)
	WHERE until_import IS NULL;
CREATE INDEX system_rule_prefix ON cadastre.system_rule USING gist (prefix inet_ops)
	WHERE until_import IS NULL;
COMMENT ON TABLE cadastre.system_rule IS
	'which assets are a system''s: an address wins over a name, a name over a prefix, a longer prefix over a shorter one';

CREATE TABLE cadastre.dependency (
	realm_id int4 NOT NULL REFERENCES cadastre.realm,
	from_system text NOT NULL,
	on_system text NOT NULL,
	strength text NOT NULL,
	as_of date NOT NULL,
	document text NOT NULL,
	from_import int8 NOT NULL REFERENCES cadastre.register_import,
	until_import int8 REFERENCES cadastre.register_import
);
CREATE UNIQUE INDEX dependency_current ON cadastre.dependency (realm_id, from_system, on_system)
	WHERE until_import IS NULL;
COMMENT ON TABLE cadastre.dependency IS 'from_system cannot do its work without on_system';

-- ---- norms ----------------------------------------------------------------------------------

CREATE TABLE cadastre.norm_pack (
	id text NOT NULL,
	version text NOT NULL,
	sha256 text NOT NULL,
	title text NOT NULL,
	authority text NOT NULL,
	effective_from date NOT NULL,
	effective_until date,
	supersedes text NOT NULL,
	file bytea NOT NULL,
	installed timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (id, version)
);
COMMENT ON TABLE cadastre.norm_pack IS
	'Identification norms that were installed; a version never changes';
COMMENT ON COLUMN cadastre.norm_pack.file IS 'the file as it was installed, byte for byte';

CREATE TABLE cadastre.norm_eval (
	id int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	realm_id int4 NOT NULL REFERENCES cadastre.realm,
	system text NOT NULL,
	pack text NOT NULL,
	version text NOT NULL,
	pack_sha256 text NOT NULL,
	outcome text NOT NULL CHECK (outcome IN ('cii', 'not', 'review', 'n/a')),
	score int4 NOT NULL,
	missing text NOT NULL,
	inputs text NOT NULL,
	inputs_sha256 text NOT NULL,
	explanation text NOT NULL,
	evaluated timestamptz NOT NULL DEFAULT clock_timestamp(),
	FOREIGN KEY (pack, version) REFERENCES cadastre.norm_pack
);
CREATE INDEX norm_eval_newest ON cadastre.norm_eval (realm_id, system, pack, id DESC);
COMMENT ON TABLE cadastre.norm_eval IS
	'proposals: one row each time a system''s facts or its norm gave something new';

CREATE TABLE cadastre.criterion_result (
	eval_id int8 NOT NULL REFERENCES cadastre.norm_eval,
	place int4 NOT NULL,
	criterion text NOT NULL,
	verdict text NOT NULL CHECK (verdict IN ('met', 'not met', 'unknown')),
	reason text NOT NULL,
	PRIMARY KEY (eval_id, place)
);
COMMENT ON TABLE cadastre.criterion_result IS
	'Reasons of a proposal, one row for each criterion';

-- ---- designations ---------------------------------------------------------------------------

-- Valid time says when a decision holds, recorded time when the register knew it. A row is
-- never changed but for `superseded`; a later decision on the same entry is a row of its own.
CREATE TABLE cadastre.designation (
	id int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	list_no text NOT NULL,
	realm_id int4 NOT NULL REFERENCES cadastre.realm,
	system text NOT NULL,
	outcome text NOT NULL,
	eval_id int8 NOT NULL REFERENCES cadastre.norm_eval,
	pack text NOT NULL,
	version text NOT NULL,
	pack_sha256 text NOT NULL,
	official text NOT NULL,
	decision_no text NOT NULL,
	reason text NOT NULL CHECK (reason IN ('initial', 'change', 'norm change')),
	evidence text NOT NULL,
	valid_from timestamptz NOT NULL,
	valid_until timestamptz,
	recorded timestamptz NOT NULL,
	superseded timestamptz,
	replaces int8 REFERENCES cadastre.designation
);
COMMENT ON TABLE cadastre.designation IS
	'Decisions of officials on proposals: the CII list in all its versions';
CREATE UNIQUE INDEX designation_open ON cadastre.designation (realm_id, system)
	WHERE valid_until IS NULL AND superseded IS NULL;
CREATE INDEX designation_list_no ON cadastre.designation (list_no);
COMMENT ON COLUMN cadastre.designation.superseded IS
	'when the register learnt that this row''s validity is to be read from a later row';

-- ---- views for people ---------------------------------------------------------------------------

CREATE VIEW cadastre.designation_list AS
SELECT d.list_no, r.name AS realm, d.system, d.outcome, d.pack, d.version, d.official,
	d.decision_no, d.reason, d.evidence, d.valid_from, d.recorded, d.realm_id, d.id
FROM cadastre.designation d JOIN cadastre.realm r USING (realm_id)
WHERE d.superseded IS NULL AND d.valid_from <= now()
	AND (d.valid_until IS NULL OR d.valid_until > now());
COMMENT ON VIEW cadastre.designation_list IS 'The CII list as it is valid now';

CREATE VIEW cadastre.asset_system AS
WITH hit AS (
	SELECT a.asset_id, a.realm_id, r.system, r.rule, r.value, r.as_of, r.document,
		r.from_import, CASE r.rule WHEN 'address' THEN 1 ELSE 3 END AS place,
		masklen(r.prefix) AS length, a.address
	FROM cadastre.address a
	JOIN cadastre.system_rule r ON r.realm_id = a.realm_id AND r.until_import IS NULL
		AND r.prefix >>= a.address
	WHERE a.until_run IS NULL
	UNION ALL
	SELECT n.asset_id, n.realm_id, r.system, r.rule, r.value, r.as_of, r.document,
		r.from_import, 2, length(r.value), n.address
	FROM cadastre.name n
	JOIN cadastre.system_rule r ON r.realm_id = n.realm_id AND r.until_import IS NULL
		AND lower(n.name) LIKE r.pattern
	WHERE n.until_run IS NULL
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
	'The system of each asset by the rules of the register; computed, so that discovery and register may come in any order. Of several addresses in several systems, a device that forwards belongs to the network facility, any other to the longest prefix';

CREATE VIEW cadastre.registered_system AS
SELECT r.name AS realm, s.id, s.name, s.organisation, o.name AS organisation_name, s.sector,
	s.class, s.kind, s.external, s.lifecycle, t.s AS tier_s, t.a AS tier_a, t.final AS tier,
	b.id AS business, b.name AS business_name, coalesce(b.is_key, false) AS is_key, b.strength,
	d.list_no AS designation, d.pack AS designation_pack, d.version AS designation_version,
	s.as_of, s.document, s.realm_id
FROM cadastre.system s
JOIN cadastre.realm r USING (realm_id)
LEFT JOIN cadastre.organisation o ON o.realm_id = s.realm_id AND o.id = s.organisation
	AND o.until_import IS NULL
LEFT JOIN cadastre.system_tier t ON t.realm_id = s.realm_id AND t.system = s.id
	AND t.until_import IS NULL
LEFT JOIN cadastre.designation_list d ON d.realm_id = s.realm_id AND d.system = s.id
LEFT JOIN LATERAL (
	SELECT x.id, x.name, x.is_key, bs.strength
	FROM cadastre.business_support bs
	JOIN cadastre.business x ON x.realm_id = bs.realm_id AND x.id = bs.business
		AND x.until_import IS NULL
	WHERE bs.realm_id = s.realm_id AND bs.system = s.id AND bs.until_import IS NULL
	ORDER BY x.is_key DESC,
		array_position(ARRAY['essential', 'important', 'supporting'], bs.strength), x.id
	LIMIT 1
) AS b ON true
WHERE s.until_import IS NULL;
COMMENT ON VIEW cadastre.registered_system IS
	'Systems as attested now, with tier, the business they matter most to, and designation';

CREATE VIEW cadastre.service_current AS
SELECT s.asset_id, r.name AS realm, a.name AS asset, s.address,
	CASE s.transport WHEN 6 THEN 'tcp' WHEN 17 THEN 'udp' ELSE s.transport::text END
		AS transport,
	s.port, s.protocol, s.vendor, s.product, s.version, s.exposed, s.method,
	run.ended AS since, encode(s.evidence, 'hex') AS evidence
FROM cadastre.service s
JOIN cadastre.asset a USING (asset_id)
JOIN cadastre.realm r ON r.realm_id = s.realm_id
LEFT JOIN cadastre.run ON run.run_id = s.from_run
WHERE s.until_run IS NULL;
COMMENT ON VIEW cadastre.service_current IS 'Open ports as last known, with what speaks there';

CREATE VIEW cadastre.asset_current AS
SELECT a.asset_id, r.name AS realm, a.name, a.role, a.state, a.vendor, a.model, a.os,
	coalesce(m.system, '') AS system,
	(SELECT coalesce(string_agg(host(ad.address), ' ' ORDER BY ad.address), '')
		FROM cadastre.address ad WHERE ad.asset_id = a.asset_id AND ad.until_run IS NULL)
		AS addresses,
	(SELECT count(*) FROM cadastre.service s
		WHERE s.asset_id = a.asset_id AND s.until_run IS NULL) AS services,
	first.ended AS first_seen, last.ended AS last_seen, a.realm_id
FROM cadastre.asset a
JOIN cadastre.realm r USING (realm_id)
LEFT JOIN cadastre.asset_system m ON m.asset_id = a.asset_id
LEFT JOIN cadastre.run first ON first.run_id = a.first_run
LEFT JOIN cadastre.run last ON last.run_id = a.last_run
WHERE a.merged_into IS NULL;
COMMENT ON VIEW cadastre.asset_current IS 'Asset files as last known, one row each';
