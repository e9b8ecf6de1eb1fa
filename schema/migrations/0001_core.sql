-- SPDX-License-Identifier: Apache-2.0
-- The core of the register: realms, runs, assets and what is known about them, authorisations
-- and the audit trail.
--
-- Facts. A table with from_run is a fact table: a row says what holds from which run, and until
-- which (NULL: still). asset_id leads every key of a fact table and is never updated; fact tables
-- carry no triggers and no foreign keys. asset_id is 12 bucket bits, then a 48-bit counter, made
-- by the program. realm_id stands in every fact row, for look-ups by address and for row-level
-- security. tests/sql holds these rules against pg_catalog.

CREATE SCHEMA cadastre;
COMMENT ON SCHEMA cadastre IS 'Register of networks: assets, who is responsible, what is critical';

CREATE TABLE cadastre.migration (
	number int4 PRIMARY KEY,
	name text NOT NULL,
	sha256 text NOT NULL,
	applied timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE cadastre.migration IS 'Schema changes applied so far';
COMMENT ON COLUMN cadastre.migration.sha256 IS 'SHA-256 of the script, hexadecimal';

-- ---- realms and runs -------------------------------------------------------------------------

CREATE TABLE cadastre.realm (
	realm_id int4 PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
	name text NOT NULL UNIQUE CHECK (name <> '')
);
COMMENT ON TABLE cadastre.realm IS
	'Address realm (operator x site x VRF): equal addresses of two realms are different things';

CREATE TABLE cadastre.run (
	run_id int8 PRIMARY KEY,
	bundle_id text NOT NULL,
	realm_id int4 NOT NULL REFERENCES cadastre.realm,
	vantage text NOT NULL,
	tool text NOT NULL,
	plan text NOT NULL,
	started timestamptz NOT NULL,
	ended timestamptz NOT NULL,
	filed timestamptz NOT NULL DEFAULT now(),
	outcome text NOT NULL CHECK (outcome IN ('complete', 'truncated')),
	taken int8 NOT NULL DEFAULT 0,
	refused_scope int8 NOT NULL DEFAULT 0,
	refused_invalid int8 NOT NULL DEFAULT 0,
	assets_new int8 NOT NULL DEFAULT 0,
	assets_seen int8 NOT NULL DEFAULT 0,
	assets_quiet int8 NOT NULL DEFAULT 0,
	services_new int8 NOT NULL DEFAULT 0,
	services_changed int8 NOT NULL DEFAULT 0,
	services_gone int8 NOT NULL DEFAULT 0,
	facts_written int8 NOT NULL DEFAULT 0,
	UNIQUE (bundle_id, outcome)
);
CREATE INDEX run_realm ON cadastre.run (realm_id, run_id);
CREATE INDEX run_ended ON cadastre.run (ended);
COMMENT ON TABLE cadastre.run IS 'One bundle of observations that was filed';
COMMENT ON COLUMN cadastre.run.bundle_id IS
	'Twice at most: once cut short, and later whole';
COMMENT ON COLUMN cadastre.run.run_id IS 'Order of filing; 1, 2, 3 without gaps';
COMMENT ON COLUMN cadastre.run.vantage IS 'Where was looked from: internal or internet';
COMMENT ON COLUMN cadastre.run.plan IS 'What was asked, in words';
COMMENT ON COLUMN cadastre.run.started IS 'When the producer began';
COMMENT ON COLUMN cadastre.run.ended IS 'Time of the newest observation';
COMMENT ON COLUMN cadastre.run.outcome IS
	'truncated: the stream stopped without trailer; what came was filed, nothing was closed';
COMMENT ON COLUMN cadastre.run.taken IS
	'taken + refused_scope + refused_invalid = observations in the bundle';
COMMENT ON COLUMN cadastre.run.facts_written IS 'Fact rows added or closed; 0: nothing changed';

CREATE TABLE cadastre.run_counter (
	run_id int8 NOT NULL REFERENCES cadastre.run,
	name text NOT NULL,
	value int8 NOT NULL,
	PRIMARY KEY (run_id, name)
);
COMMENT ON TABLE cadastre.run_counter IS 'What the producer of a bundle counted: sent, received';

CREATE TABLE cadastre.batch_ledger (
	bundle_id text PRIMARY KEY,
	run_id int8 NOT NULL REFERENCES cadastre.run,
	observations int8 NOT NULL,
	filed timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE cadastre.batch_ledger IS
	'Bundles taken; written in the transaction that files them, so each counts exactly once';

CREATE TABLE cadastre.coverage (
	run_id int8 NOT NULL REFERENCES cadastre.run,
	cidr inet NOT NULL,
	method text NOT NULL,
	transport int2 NOT NULL,
	ports int4multirange NOT NULL,
	PRIMARY KEY (run_id, cidr, method, transport, ports)
);
COMMENT ON TABLE cadastre.coverage IS
	'What a run looked at: only what was looked for can be found missing';
COMMENT ON COLUMN cadastre.coverage.transport IS 'IP protocol number; 0: the address itself';
COMMENT ON COLUMN cadastre.coverage.ports IS 'Ports asked; empty: only the address itself';

-- ---- assets ----------------------------------------------------------------------------------

CREATE TABLE cadastre.asset_counter (
	one bool PRIMARY KEY DEFAULT true CHECK (one),
	last int8 NOT NULL
);
INSERT INTO cadastre.asset_counter (last) VALUES (0);
COMMENT ON TABLE cadastre.asset_counter IS 'Newest counter given out in an asset_id';

CREATE TABLE cadastre.asset (
	asset_id int8 PRIMARY KEY CHECK (asset_id > 0),
	realm_id int4 NOT NULL REFERENCES cadastre.realm,
	name text NOT NULL,
	role text NOT NULL DEFAULT 'unknown',
	role_reason text NOT NULL DEFAULT '',
	state text NOT NULL DEFAULT 'seen' CHECK (state IN ('seen', 'quiet', 'retired')),
	vendor text NOT NULL DEFAULT '',
	model text NOT NULL DEFAULT '',
	os text NOT NULL DEFAULT '',
	seen_from int2 NOT NULL DEFAULT 0,
	first_run int8 NOT NULL,
	last_run int8 NOT NULL,
	merged_into int8,
	merge_run int8,
	merge_reason text NOT NULL DEFAULT ''
) WITH (fillfactor = 80);
CREATE INDEX asset_realm ON cadastre.asset (realm_id);
CREATE INDEX asset_name ON cadastre.asset (lower(name));
CREATE INDEX asset_merged ON cadastre.asset (merged_into) WHERE merged_into IS NOT NULL;
COMMENT ON TABLE cadastre.asset IS
	'A thing on a network. The row is a summary of its facts and can be recomputed from them';
COMMENT ON COLUMN cadastre.asset.asset_id IS '12 bucket bits << 48 | counter; never reused';
COMMENT ON COLUMN cadastre.asset.name IS 'Registered name, else claimed name, else first address';
COMMENT ON COLUMN cadastre.asset.role IS 'What it is, by role_rule: router, server, ...';
COMMENT ON COLUMN cadastre.asset.role_reason IS 'The rule and statement that decided the role';
COMMENT ON COLUMN cadastre.asset.state IS 'quiet: it was looked for and did not answer';
COMMENT ON COLUMN cadastre.asset.seen_from IS 'Bits: 1 internal, 2 internet';
COMMENT ON COLUMN cadastre.asset.first_run IS 'First run in which it answered or was heard of';
COMMENT ON COLUMN cadastre.asset.last_run IS 'Newest run in which it answered or was heard of';
COMMENT ON COLUMN cadastre.asset.merged_into IS 'The asset it turned out to be; then an alias';

CREATE TABLE cadastre.asset_run (
	asset_id int8 NOT NULL,
	run_id int8 NOT NULL,
	outcome text NOT NULL CHECK (outcome IN ('up', 'heard', 'quiet')),
	PRIMARY KEY (asset_id, run_id)
);
CREATE INDEX asset_run_run ON cadastre.asset_run USING brin (run_id);
COMMENT ON TABLE cadastre.asset_run IS
	'Which run met which asset. No row: the run did not cover it, which says nothing about it';
COMMENT ON COLUMN cadastre.asset_run.outcome IS
	'up: it answered; heard: another one spoke of it; quiet: looked for, no answer';

CREATE TABLE cadastre.address (
	asset_id int8 NOT NULL,
	address inet NOT NULL,
	realm_id int4 NOT NULL,
	mac macaddr,
	grade text NOT NULL,
	method text NOT NULL,
	reason text NOT NULL,
	from_run int8 NOT NULL,
	until_run int8,
	PRIMARY KEY (asset_id, address, from_run)
);
CREATE UNIQUE INDEX address_open ON cadastre.address (asset_id, address)
	WHERE until_run IS NULL;
CREATE INDEX address_find ON cadastre.address (address, realm_id) WHERE until_run IS NULL;
CREATE INDEX address_from ON cadastre.address USING brin (from_run);
CREATE INDEX address_until ON cadastre.address (until_run) WHERE until_run IS NOT NULL;
COMMENT ON TABLE cadastre.address IS 'Addresses of an asset, and why they are thought to be its';
COMMENT ON COLUMN cadastre.address.mac IS 'Heard on the local link; NULL if never';
COMMENT ON COLUMN cadastre.address.reason IS 'Why the address belongs to this asset';

CREATE TABLE cadastre.name (
	asset_id int8 NOT NULL,
	address inet NOT NULL,
	name text NOT NULL,
	source text NOT NULL,
	realm_id int4 NOT NULL,
	grade text NOT NULL,
	method text NOT NULL,
	evidence bytea,
	from_run int8 NOT NULL,
	until_run int8,
	PRIMARY KEY (asset_id, address, source, name, from_run)
);
CREATE UNIQUE INDEX name_open ON cadastre.name (asset_id, address, source, name)
	WHERE until_run IS NULL;
CREATE INDEX name_find ON cadastre.name (lower(name)) WHERE until_run IS NULL;
CREATE INDEX name_from ON cadastre.name USING brin (from_run);
CREATE INDEX name_until ON cadastre.name (until_run) WHERE until_run IS NOT NULL;
COMMENT ON TABLE cadastre.name IS 'Names of an asset, by whom';
COMMENT ON COLUMN cadastre.name.source IS 'dns, dns.ptr, snmp, tls, register, ...';
COMMENT ON COLUMN cadastre.name.grade IS
	'attested: by the register; claimed: by the device or a name server';

CREATE TABLE cadastre.service (
	asset_id int8 NOT NULL,
	address inet NOT NULL,
	transport int2 NOT NULL,
	port int4 NOT NULL CHECK (port BETWEEN 0 AND 65535),
	realm_id int4 NOT NULL,
	protocol text NOT NULL,
	vendor text NOT NULL,
	product text NOT NULL,
	version text NOT NULL,
	cpe text NOT NULL,
	internal bool NOT NULL,
	exposed bool NOT NULL,
	method text NOT NULL,
	evidence bytea,
	from_run int8 NOT NULL,
	until_run int8,
	PRIMARY KEY (asset_id, address, transport, port, from_run)
);
CREATE UNIQUE INDEX service_open ON cadastre.service (asset_id, address, transport, port)
	WHERE until_run IS NULL;
CREATE INDEX service_find ON cadastre.service (port, transport) WHERE until_run IS NULL;
CREATE INDEX service_from ON cadastre.service USING brin (from_run);
CREATE INDEX service_until ON cadastre.service (until_run) WHERE until_run IS NOT NULL;
COMMENT ON TABLE cadastre.service IS
	'Open ports and what speaks there. A changed service is a closed row and a new one';
COMMENT ON COLUMN cadastre.service.transport IS 'IP protocol number: 6 TCP, 17 UDP';
COMMENT ON COLUMN cadastre.service.protocol IS 'Empty: open, not recognised';
COMMENT ON COLUMN cadastre.service.internal IS 'Answers to the internal vantage';
COMMENT ON COLUMN cadastre.service.exposed IS 'Answers to the Internet vantage';
COMMENT ON COLUMN cadastre.service.evidence IS 'SHA-256 of the first reply that proves the row';

CREATE TABLE cadastre.identity_key (
	asset_id int8 NOT NULL,
	type text NOT NULL,
	value text NOT NULL,
	realm_id int4 NOT NULL,
	strength text NOT NULL CHECK (strength IN ('definitive', 'strong', 'weak')),
	shared bool NOT NULL,
	verdict text NOT NULL CHECK (verdict IN ('auto', 'manual')),
	reason text NOT NULL,
	method text NOT NULL,
	evidence bytea,
	from_run int8 NOT NULL,
	until_run int8,
	PRIMARY KEY (asset_id, type, value, from_run)
);
CREATE UNIQUE INDEX identity_key_open ON cadastre.identity_key (asset_id, type, value)
	WHERE until_run IS NULL;
CREATE INDEX identity_key_find ON cadastre.identity_key (md5(value), type)
	WHERE until_run IS NULL;
CREATE INDEX identity_key_from ON cadastre.identity_key USING brin (from_run);
CREATE INDEX identity_key_until ON cadastre.identity_key (until_run)
	WHERE until_run IS NOT NULL;
COMMENT ON TABLE cadastre.identity_key IS 'What makes an asset itself beyond its addresses';
COMMENT ON COLUMN cadastre.identity_key.shared IS
	'Met at one time on things that are different (clones): it joins nothing';
COMMENT ON COLUMN cadastre.identity_key.verdict IS 'Who linked it: the program or an official';
COMMENT ON COLUMN cadastre.identity_key.reason IS 'Where it was met, and what it joined';

CREATE TABLE cadastre.fact (
	asset_id int8 NOT NULL,
	subject text NOT NULL,
	attribute text NOT NULL,
	source text NOT NULL,
	value text NOT NULL,
	realm_id int4 NOT NULL,
	grade text NOT NULL,
	method text NOT NULL,
	evidence bytea,
	from_run int8 NOT NULL,
	until_run int8,
	PRIMARY KEY (asset_id, subject, attribute, source, from_run)
);
CREATE UNIQUE INDEX fact_open ON cadastre.fact (asset_id, subject, attribute, source)
	WHERE until_run IS NULL;
CREATE INDEX fact_from ON cadastre.fact USING brin (from_run);
CREATE INDEX fact_until ON cadastre.fact (until_run) WHERE until_run IS NOT NULL;
COMMENT ON TABLE cadastre.fact IS 'Any other statement about an asset';
COMMENT ON COLUMN cadastre.fact.subject IS
	'What of it: "198.18.10.11 tcp/443" for a service, an address, or empty for the whole. '
	'Facts of a service end with it; a list of changes names the service only';
COMMENT ON COLUMN cadastre.fact.source IS 'Protocol or file that said so';
COMMENT ON COLUMN cadastre.fact.evidence IS 'SHA-256 of the first proof';

CREATE TABLE cadastre.link (
	asset_id int8 NOT NULL,
	layer text NOT NULL,
	peer_asset_id int8 NOT NULL,
	peer_address inet NOT NULL,
	source text NOT NULL,
	realm_id int4 NOT NULL,
	grade text NOT NULL,
	method text NOT NULL,
	detail text NOT NULL,
	evidence bytea,
	from_run int8 NOT NULL,
	until_run int8,
	PRIMARY KEY (asset_id, layer, peer_asset_id, peer_address, source, from_run)
);
CREATE UNIQUE INDEX link_open ON cadastre.link
	(asset_id, layer, peer_asset_id, peer_address, source) WHERE until_run IS NULL;
CREATE INDEX link_peer ON cadastre.link (peer_asset_id) WHERE until_run IS NULL;
CREATE INDEX link_from ON cadastre.link USING brin (from_run);
CREATE INDEX link_until ON cadastre.link (until_run) WHERE until_run IS NOT NULL;
COMMENT ON TABLE cadastre.link IS
	'Connections between assets. Each is stored once: l2 and l3 from the lower asset_id';
COMMENT ON COLUMN cadastre.link.layer IS 'l2, l3, flow or dependency';
COMMENT ON COLUMN cadastre.link.peer_asset_id IS '0: the peer is no asset, only an address';
COMMENT ON COLUMN cadastre.link.peer_address IS '0.0.0.0 where the peer is an asset';
COMMENT ON COLUMN cadastre.link.source IS 'hop, lldp, cdp, flow, ...';
COMMENT ON COLUMN cadastre.link.detail IS 'Ports, protocols, counts: free text';

CREATE TABLE cadastre.hop (
	asset_id int8 NOT NULL,
	address inet NOT NULL,
	vantage text NOT NULL,
	distance int2 NOT NULL,
	realm_id int4 NOT NULL,
	peer_asset_id int8 NOT NULL,
	peer_address inet NOT NULL,
	from_run int8 NOT NULL,
	until_run int8,
	PRIMARY KEY (asset_id, address, vantage, distance, from_run)
);
CREATE UNIQUE INDEX hop_open ON cadastre.hop (asset_id, address, vantage, distance)
	WHERE until_run IS NULL;
CREATE INDEX hop_peer ON cadastre.hop (peer_asset_id) WHERE until_run IS NULL;
CREATE INDEX hop_from ON cadastre.hop USING brin (from_run);
CREATE INDEX hop_until ON cadastre.hop (until_run) WHERE until_run IS NOT NULL;
COMMENT ON TABLE cadastre.hop IS 'Paths: who answered at which distance on the way to an address';
COMMENT ON COLUMN cadastre.hop.address IS 'Where the path leads, an address of asset_id';
COMMENT ON COLUMN cadastre.hop.distance IS 'Hops from the vantage';

CREATE TABLE cadastre.evidence (
	sha256 bytea PRIMARY KEY CHECK (octet_length(sha256) = 32),
	kind text NOT NULL,
	bytes bytea NOT NULL,
	first_run int8 NOT NULL
);
COMMENT ON TABLE cadastre.evidence IS
	'Raw bytes that prove facts, by content; facts name them by SHA-256';
COMMENT ON COLUMN cadastre.evidence.kind IS 'Protocol of the reply, or the kind of statement';

-- ---- authorisation and audit -------------------------------------------------------------------

CREATE TABLE cadastre.authorisation (
	authorisation_id int8 PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
	realm_id int4 NOT NULL REFERENCES cadastre.realm,
	authoriser text NOT NULL CHECK (authoriser <> ''),
	basis text NOT NULL CHECK (basis <> ''),
	profile text NOT NULL CHECK (profile IN ('safe', 'standard', 'thorough')),
	valid_from timestamptz NOT NULL,
	valid_until timestamptz NOT NULL CHECK (valid_until > valid_from),
	rate_pps int8 NOT NULL DEFAULT 0,
	granted timestamptz NOT NULL DEFAULT now(),
	revoked timestamptz,
	revoke_reason text NOT NULL DEFAULT ''
);
CREATE INDEX authorisation_realm ON cadastre.authorisation (realm_id);
COMMENT ON TABLE cadastre.authorisation IS
	'Who allowed which addresses to be probed, on what basis, and when. Without one: nothing';
COMMENT ON COLUMN cadastre.authorisation.rate_pps IS 'Packets per second at most; 0: the profile''s';

CREATE TABLE cadastre.authorisation_cidr (
	authorisation_id int8 NOT NULL REFERENCES cadastre.authorisation,
	cidr cidr NOT NULL,
	excluded bool NOT NULL,
	PRIMARY KEY (authorisation_id, cidr, excluded)
);
COMMENT ON TABLE cadastre.authorisation_cidr IS 'Prefixes of an authorisation';
COMMENT ON COLUMN cadastre.authorisation_cidr.excluded IS
	'Never probed, whatever else is granted in the realm';

CREATE TABLE cadastre.audit (
	seq int8 PRIMARY KEY,
	"time" timestamptz NOT NULL,
	actor text NOT NULL,
	what text NOT NULL,
	object text NOT NULL,
	detail text NOT NULL,
	hash bytea NOT NULL
);
COMMENT ON TABLE cadastre.audit IS
	'Append-only trail. hash = SHA-256 over the hash before and this row; see audit_append()';

CREATE TABLE cadastre.audit_head (
	one bool PRIMARY KEY DEFAULT true CHECK (one),
	seq int8 NOT NULL,
	hash bytea NOT NULL
);
INSERT INTO cadastre.audit_head (seq, hash) VALUES (0, decode(repeat('00', 32), 'hex'));
COMMENT ON TABLE cadastre.audit_head IS 'The newest entry of the trail: shows a cut end';

-- One entry, in the transaction of the act it records. The digest runs over the hash of the
-- entry before (32 zero bytes for the first), seq and time in microseconds as 8 bytes each, and
-- each text as its length in 4 bytes and its UTF-8 bytes; all in network byte order.
CREATE FUNCTION cadastre.audit_append(an_actor text, a_what text, an_object text, a_detail text)
RETURNS int8 LANGUAGE plpgsql SET search_path = cadastre, pg_temp AS $$
DECLARE
	head audit_head;
	at timestamptz;
	digest bytea;
	part text;
BEGIN
	PERFORM pg_advisory_xact_lock(4841, 2);
	SELECT * INTO STRICT head FROM audit_head;
	at := clock_timestamp();
	digest := head.hash || int8send(head.seq + 1)
		|| int8send((extract(epoch FROM at) * 1000000)::int8);
	FOREACH part IN ARRAY ARRAY[an_actor, a_what, an_object, a_detail] LOOP
		digest := digest || int4send(octet_length(part)) || convert_to(part, 'UTF8');
	END LOOP;
	digest := sha256(digest);
	INSERT INTO audit (seq, "time", actor, what, object, detail, hash)
		VALUES (head.seq + 1, at, an_actor, a_what, an_object, a_detail, digest);
	UPDATE audit_head SET seq = head.seq + 1, hash = digest;
	RETURN head.seq + 1;
END $$;
COMMENT ON FUNCTION cadastre.audit_append(text, text, text, text) IS
	'Adds one entry to the audit trail; serial, by an advisory lock';

CREATE FUNCTION cadastre.audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION 'the audit trail is append-only' USING ERRCODE = '42501';
END $$;
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON cadastre.audit
	FOR EACH STATEMENT EXECUTE FUNCTION cadastre.audit_refuse();

-- ---- rules held as data ------------------------------------------------------------------------

CREATE TABLE cadastre.key_rule (
	pattern text PRIMARY KEY,
	strength text NOT NULL CHECK (strength IN ('definitive', 'strong', 'weak')),
	note text NOT NULL
);
COMMENT ON TABLE cadastre.key_rule IS
	'How far an identity key of a type can be trusted; the longest pattern that matches decides';
COMMENT ON COLUMN cadastre.key_rule.pattern IS 'Regular expression on the key''s type';
INSERT INTO cadastre.key_rule (pattern, strength, note) VALUES
	('^ssh[._-]?host[._-]?key', 'definitive', 'SSH host public key'),
	('^snmp[._-]?engine[._-]?id', 'definitive', 'SNMP engine id (RFC 3411)'),
	('^lldp[._-]?chassis', 'definitive', 'LLDP chassis id (IEEE 802.1AB)'),
	('^serial', 'definitive', 'serial number with vendor'),
	('^hw[._-]serial', 'definitive', 'serial number with vendor'),
	('^smbios[._-]?uuid', 'definitive', 'SMBIOS UUID'),
	('^mac$', 'strong', 'burned-in MAC heard on the local link'),
	('^(tls|x509|cert)', 'weak', 'certificates are shared by pairs and farms'),
	('^netbios', 'strong', 'NetBIOS name'),
	('^dhcp', 'strong', 'DHCP client id'),
	('^(modbus|iec61850|dnp3|bacnet|s7|enip)', 'strong', 'identity of a control device');

CREATE TABLE cadastre.junk_value (
	type_pattern text NOT NULL,
	value_pattern text NOT NULL,
	PRIMARY KEY (type_pattern, value_pattern)
);
COMMENT ON TABLE cadastre.junk_value IS
	'Values that identify nothing: regular expressions on type and value, case does not count';
INSERT INTO cadastre.junk_value (type_pattern, value_pattern) VALUES
	('', '^\s*$'),
	('', '^(0+|0x0+|f+|x+|-+|\?+)$'),
	('', '^(none|n/?a|null|nil|unknown|default|default string|not (specified|available|applicable|set))$'),
	('', '^(to be filled by o\.?e\.?m\.?|system serial number|serial number|chassis serial number)$'),
	('', '^(123456789|1234567890|0123456789|12345678|empty|invalid|test)$'),
	('', '^(00[:-]){5}00$'),
	('', '^(ff[:-]){5}ff$'),
	('uuid', '^(00000000-0000-0000-0000-000000000000|03000200-0400-0500-0006-000700080009)$'),
	('engine', '^(0x)?80[0-9a-f]{6}(00)+$'),
	('^name$', '^(localhost.*|ip6-localhost|.*\.in-addr\.arpa\.?|.*\.ip6\.arpa\.?|\(none\)|_gateway)$');

CREATE TABLE cadastre.virtual_mac (
	prefix text PRIMARY KEY,
	note text NOT NULL
);
COMMENT ON TABLE cadastre.virtual_mac IS 'MAC addresses that move between devices';
INSERT INTO cadastre.virtual_mac (prefix, note) VALUES
	('00:00:5e:00:01', 'VRRP (RFC 5798)'),
	('00:00:5e:00:02', 'VRRP for IPv6 (RFC 5798)'),
	('00:00:0c:07:ac', 'HSRP'),
	('00:00:0c:9f:f', 'HSRP version 2'),
	('00:05:73:a0', 'HSRP for IPv6'),
	('00:07:b4:00', 'GLBP'),
	('00:50:56', 'hypervisor'),
	('00:0c:29', 'hypervisor'),
	('00:15:5d', 'hypervisor'),
	('00:16:3e', 'hypervisor');

CREATE TABLE cadastre.noise_rule (
	pattern text PRIMARY KEY,
	note text NOT NULL
);
COMMENT ON TABLE cadastre.noise_rule IS
	'Attributes that differ at every reading and say nothing lasting; they are not filed';
COMMENT ON COLUMN cadastre.noise_rule.pattern IS 'Regular expression on the attribute''s name';
INSERT INTO cadastre.noise_rule (pattern, note) VALUES
	('(^|[._-])(date|time|now|clock|timestamp)$', 'time of day'),
	('(^|[._-])(uptime|uptime_in_seconds|boots|engine_time|boot_time)$', 'time since start'),
	('(^|[._-])(cookie|set-cookie|nonce|etag|random|challenge|salt|session|session_id)$',
		'made anew for each connection'),
	('(^|[._-])(connection_id|transaction_id|invoke_id|request_id|counter|clients)$',
		'counts'),
	('(^|[._-])(rtt|latency|ttl)$', 'of the way, not of the thing'),
	('^ntp\.(variables|reference|offset|stratum_now)$', 'state of a clock'),
	('(^|[._-])last-modified$', 'time of a page'),
	('(^|[._-])content-length$', 'size of a page'),
	('^mqtt\.client$', 'client identifier assigned for the connection');

CREATE FUNCTION cadastre.steady_text(a_text text) RETURNS text LANGUAGE sql IMMUTABLE STRICT
PARALLEL SAFE AS $$
	SELECT regexp_replace(regexp_replace(a_text,
		'<[^<>@ ]+@[^<>@ ]+>|\d{1,2}:\d{2}(:\d{2})?(\.\d+)?( ?[ap]m\M)?|[0-9a-f]{16,}', '*', 'gi'),
		'\m\d{4}[-/]\d{2}[-/]\d{2}\M|\m(mon|tues?|wed(nes)?|thu(rs)?|fri|sat(ur)?|sun)(day)?\M'
		'|\m\d{1,2}[ -](jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*[ -]\d{2,4}\M'
		'|\m(jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]* +\d{1,2}(,? \d{4})?\M'
		'|[-+]\d{4}\M', '*', 'gi')
$$;
COMMENT ON FUNCTION cadastre.steady_text(text) IS
	'A text without times, dates, message ids and long hexadecimal numbers, for comparing';

CREATE TABLE cadastre.role_rule (
	priority int4 NOT NULL,
	kind text NOT NULL CHECK (kind IN ('attribute', 'protocol', 'port', 'hop', 'any')),
	subject text NOT NULL,
	pattern text NOT NULL,
	role text NOT NULL,
	PRIMARY KEY (priority, kind, subject, pattern)
);
COMMENT ON TABLE cadastre.role_rule IS
	'What an asset is; of the rules that match, the highest priority decides';
COMMENT ON COLUMN cadastre.role_rule.kind IS
	'attribute: of a fact; protocol: of a service; port: of a service; hop: it forwards';
COMMENT ON COLUMN cadastre.role_rule.subject IS
	'Regular expression on attribute or protocol, or "tcp/9100"';
COMMENT ON COLUMN cadastre.role_rule.pattern IS
	'Regular expression on the value, case does not count';
INSERT INTO cadastre.role_rule (priority, kind, subject, pattern, role) VALUES
	-- what the device says that it is
	(95, 'attribute', '^(hw|os)\.device$', 'printer|print server|multifunction', 'printer'),
	(95, 'attribute', '^(hw|os)\.device$', '(web|ip|network) ?cam|camera|dvr|nvr', 'camera'),
	(95, 'attribute', '^(hw|os)\.device$', 'firewall|utm|vpn', 'firewall'),
	(94, 'attribute', '^(hw|os)\.device$',
		'plc|rtu|ied|relay|meter|controller|industrial control|building automation|scada',
		'controller'),
	(93, 'attribute', '^(hw|os)\.device$', 'router|gateway', 'router'),
	(92, 'attribute', '^(hw|os)\.device$', 'switch|bridge|hub|wap|access point|wireless', 'switch'),
	(60, 'attribute', '^(hw|os)\.device$', 'desktop|workstation|laptop|thin client', 'terminal'),
	(20, 'attribute', '^(hw|os)\.device$', 'server|general', 'server'),
	(91, 'attribute', '^(host|snmp|asset)\.(type|role)$', 'firewall', 'firewall'),
	(91, 'attribute', '^(host|snmp|asset)\.(type|role)$', 'router', 'router'),
	(91, 'attribute', '^(host|snmp|asset)\.(type|role)$', 'switch|bridge', 'switch'),
	-- it was met on a path: it forwards
	(90, 'hop', '', '', 'router'),
	(85, 'attribute', '^snmp\.forwarding$', '^(1|yes|true|forwarding)$', 'router'),
	(84, 'attribute', '^lldp\.capabilities$', 'router', 'router'),
	(83, 'attribute', '^lldp\.capabilities$', 'bridge', 'switch'),
	(82, 'attribute', '^(snmp\.)?(sys\.?)?descr(iption)?$', 'switch software|catalyst', 'switch'),
	(83, 'attribute', '^(snmp\.)?(sys\.?)?descr(iption)?$', '\mC(29[567]0|3[5678][0-9]0|9[234]00)',
		'switch'),
	(81, 'attribute', '^(snmp\.)?(sys\.?)?descr(iption)?$', 'ios software|ruggedcom|junos|routeros',
		'router'),
	(81, 'attribute', '^(snmp\.)?(sys\.?)?descr(iption)?$', 'jetdirect|printer|laserjet', 'printer'),
	-- what it serves: control protocols first
	(80, 'protocol', '^(modbus|s7|s7comm|iec104|iec-104|iec60870|dnp3|enip|ethernet-ip|bacnet|mms|iec61850|opcua|profinet|fins|melsec)$',
		'', 'controller'),
	(78, 'protocol', '^(jetdirect|pjl|ipp|lpd)$', '', 'printer'),
	(77, 'port', 'tcp/9100', '', 'printer'),
	(76, 'protocol', '^(rtsp|onvif)$', '', 'camera'),
	(70, 'protocol', '^(postgresql|postgres|mysql|mariadb|mssql|tds|oracle|tns|mongodb|redis|cassandra|db2|elasticsearch)$',
		'', 'database'),
	(69, 'port', 'tcp/5432', '', 'database'),
	(69, 'port', 'tcp/3306', '', 'database'),
	(69, 'port', 'tcp/1433', '', 'database'),
	(69, 'port', 'tcp/1521', '', 'database'),
	-- control ports that answered without being recognised
	(65, 'port', 'tcp/502', '', 'controller'),
	(65, 'port', 'tcp/102', '', 'controller'),
	(65, 'port', 'tcp/2404', '', 'controller'),
	(65, 'port', 'tcp/20000', '', 'controller'),
	(65, 'port', 'tcp/44818', '', 'controller'),
	(65, 'port', 'udp/47808', '', 'controller'),
	-- servers
	(50, 'protocol', '^(http|https|smtp|imap|pop3|ftp|dns|ldap|smb|mqtt|amqp|ntp|nfs|sip|xmpp)$',
		'', 'server'),
	(45, 'port', 'tcp/80', '', 'server'),
	(45, 'port', 'tcp/443', '', 'server'),
	(45, 'port', 'tcp/25', '', 'server'),
	(45, 'port', 'udp/53', '', 'server'),
	(40, 'protocol', '^(rdp|vnc)$', '', 'terminal'),
	(10, 'protocol', '^(ssh|telnet|snmp)$', '', 'host'),
	(1, 'any', '', '', 'host');

-- ---- staging -----------------------------------------------------------------------------------

-- Observations on their way in. Unlogged: empty after a crash, which the ledger makes safe. A
-- batch is one bundle; intake_stage_open() clears what nobody owns any more.
CREATE UNLOGGED TABLE cadastre.stage_endpoint (
	batch int8 NOT NULL,
	address inet NOT NULL,
	mac macaddr,
	up bool NOT NULL,
	makes bool NOT NULL,
	method text NOT NULL
);
CREATE UNLOGGED TABLE cadastre.stage_service (
	batch int8 NOT NULL,
	address inet NOT NULL,
	transport int2 NOT NULL,
	port int4 NOT NULL,
	greeted bool NOT NULL,
	protocol text NOT NULL,
	vendor text NOT NULL,
	product text NOT NULL,
	version text NOT NULL,
	cpe text NOT NULL,
	method text NOT NULL,
	evidence bytea,
	number int8 NOT NULL
);
CREATE UNLOGGED TABLE cadastre.stage_statement (
	batch int8 NOT NULL,
	kind text NOT NULL,
	address inet NOT NULL,
	subject text NOT NULL,
	attribute text NOT NULL,
	value text NOT NULL,
	source text NOT NULL,
	grade text NOT NULL,
	method text NOT NULL,
	evidence bytea,
	number int8 NOT NULL
);
CREATE UNLOGGED TABLE cadastre.stage_link (
	batch int8 NOT NULL,
	address inet NOT NULL,
	peer inet NOT NULL,
	layer text NOT NULL,
	distance int2 NOT NULL,
	source text NOT NULL,
	grade text NOT NULL,
	method text NOT NULL,
	detail text NOT NULL,
	evidence bytea
);
CREATE UNLOGGED TABLE cadastre.stage_coverage (
	batch int8 NOT NULL,
	cidr inet NOT NULL,
	method text NOT NULL,
	transport int2 NOT NULL,
	ports text NOT NULL
);
CREATE UNLOGGED TABLE cadastre.stage_evidence (
	batch int8 NOT NULL,
	sha256 bytea NOT NULL,
	kind text NOT NULL,
	bytes bytea NOT NULL
);
CREATE UNLOGGED TABLE cadastre.stage_identity (
	batch int8 NOT NULL,
	address inet NOT NULL,
	asset_id int8 NOT NULL,
	is_new bool NOT NULL,
	reason text NOT NULL,
	mac macaddr,
	up bool NOT NULL,
	method text NOT NULL
);
CREATE UNLOGGED TABLE cadastre.stage_seen (
	batch int8 NOT NULL,
	asset_id int8 NOT NULL,
	address inet NOT NULL,
	transport int2 NOT NULL,
	port int4 NOT NULL,
	greeted bool NOT NULL,
	protocol text NOT NULL,
	vendor text NOT NULL,
	product text NOT NULL,
	version text NOT NULL,
	cpe text NOT NULL,
	method text NOT NULL,
	evidence bytea
);
CREATE UNLOGGED TABLE cadastre.stage_touched (
	batch int8 NOT NULL,
	asset_id int8 NOT NULL
);
CREATE UNLOGGED TABLE cadastre.stage_merge (
	batch int8 NOT NULL,
	asset_id int8 NOT NULL,
	into_id int8 NOT NULL,
	reason text NOT NULL
);
CREATE UNLOGGED TABLE cadastre.stage_shared (
	batch int8 NOT NULL,
	type text NOT NULL,
	value text NOT NULL,
	reason text NOT NULL
);
CREATE INDEX stage_identity_address ON cadastre.stage_identity (address);
CREATE INDEX stage_identity_asset ON cadastre.stage_identity (asset_id);
CREATE INDEX stage_seen_key ON cadastre.stage_seen (asset_id, address, transport, port);
COMMENT ON TABLE cadastre.stage_endpoint IS 'Staging: addresses that answered or were heard of';
COMMENT ON TABLE cadastre.stage_service IS 'Staging: open ports and greetings';
COMMENT ON TABLE cadastre.stage_statement IS 'Staging: names, identity keys, facts';
COMMENT ON TABLE cadastre.stage_link IS 'Staging: links and hops';
COMMENT ON TABLE cadastre.stage_coverage IS 'Staging: what was looked at';
COMMENT ON TABLE cadastre.stage_evidence IS 'Staging: raw bytes';
COMMENT ON TABLE cadastre.stage_identity IS 'Staging: which asset an address is';
COMMENT ON COLUMN cadastre.stage_endpoint.makes IS
	'False: spoken of only; an address that nobody knows does not become an asset by that';
COMMENT ON TABLE cadastre.stage_seen IS 'Staging: services of this batch, one row each';
COMMENT ON TABLE cadastre.stage_touched IS 'Staging: assets whose facts changed';
COMMENT ON TABLE cadastre.stage_merge IS 'Staging: assets found to be one';
COMMENT ON TABLE cadastre.stage_shared IS 'Staging: identity keys found to be shared';

-- Clears what nobody owns any more and registers this session as a user of staging. Session
-- locks: (4841, 3) is held shared by everyone who stages; the batch itself exclusively, so that
-- one bundle is taken by one program at a time.
CREATE FUNCTION cadastre.stage_open(a_batch int8) RETURNS void LANGUAGE plpgsql
SET search_path = cadastre, pg_temp AS $$
DECLARE
	is_empty bool;
BEGIN
	-- The lock of the bundle comes first and nothing is waited for once tables are locked, so
	-- that two who begin at once cannot wait for each other.
	PERFORM pg_advisory_lock(a_batch);
	is_empty := pg_try_advisory_lock(4841, 3);
	PERFORM pg_advisory_lock_shared(4841, 3);
	IF is_empty THEN
		TRUNCATE stage_endpoint, stage_service, stage_statement, stage_link, stage_coverage,
			stage_evidence, stage_identity, stage_seen, stage_touched, stage_merge,
			stage_shared;
		PERFORM pg_advisory_unlock(4841, 3);
	ELSE
		-- What an attempt at the same bundle that failed has left.
		DELETE FROM stage_endpoint WHERE batch = a_batch;
		DELETE FROM stage_service WHERE batch = a_batch;
		DELETE FROM stage_statement WHERE batch = a_batch;
		DELETE FROM stage_link WHERE batch = a_batch;
		DELETE FROM stage_coverage WHERE batch = a_batch;
		DELETE FROM stage_evidence WHERE batch = a_batch;
		DELETE FROM stage_identity WHERE batch = a_batch;
		DELETE FROM stage_seen WHERE batch = a_batch;
		DELETE FROM stage_touched WHERE batch = a_batch;
		DELETE FROM stage_merge WHERE batch = a_batch;
		DELETE FROM stage_shared WHERE batch = a_batch;
	END IF;
END $$;
COMMENT ON FUNCTION cadastre.stage_open(int8) IS 'Begins staging a batch';
