-- SPDX-License-Identifier: Apache-2.0
-- Decisions on identity: which two assets are one, which one is two, what is only proposed and
-- what contradicts itself. A row is never changed but for its undoing, and never deleted.

-- ---- decisions ---------------------------------------------------------------------------------

CREATE TABLE cadastre.asset_decision (
	decision_id int8 PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
	realm_id int4 NOT NULL REFERENCES cadastre.realm,
	kind text NOT NULL
		CHECK (kind IN ('merge', 'split', 'retire', 'revive', 'proposal', 'conflict')),
	asset_id int8 NOT NULL,
	other_asset_id int8,
	run_id int8,
	verdict text NOT NULL CHECK (verdict IN ('auto', 'manual')),
	author text NOT NULL CHECK (author <> ''),
	reason text NOT NULL CHECK (reason <> ''),
	keys text NOT NULL DEFAULT '',
	score real NOT NULL DEFAULT 0,
	decided timestamptz NOT NULL DEFAULT now(),
	undone timestamptz,
	undone_by text NOT NULL DEFAULT '',
	undone_reason text NOT NULL DEFAULT '',
	undoes int8 REFERENCES cadastre.asset_decision (decision_id),
	CHECK ((undone IS NULL) = (undone_by = '')),
	CHECK ((kind IN ('retire', 'revive')) <= (other_asset_id IS NULL)),
	CHECK ((kind IN ('merge', 'split', 'proposal')) <= (other_asset_id IS NOT NULL)),
	CHECK (asset_id <> other_asset_id)
);
CREATE INDEX asset_decision_asset ON cadastre.asset_decision (asset_id);
CREATE INDEX asset_decision_other ON cadastre.asset_decision (other_asset_id)
	WHERE other_asset_id IS NOT NULL;
CREATE INDEX asset_decision_run ON cadastre.asset_decision (run_id) WHERE run_id IS NOT NULL;
CREATE INDEX asset_decision_open ON cadastre.asset_decision (realm_id, kind)
	WHERE undone IS NULL;
COMMENT ON TABLE cadastre.asset_decision IS
	'Every merge, split, proposal and contradiction, by the program or by hand. What a person '
	'decided and nobody undid outranks the program for ever';
COMMENT ON COLUMN cadastre.asset_decision.kind IS
	'merge: asset_id is an alias of other_asset_id now; split: other_asset_id left asset_id; '
	'proposal: the two may be one; conflict: kept apart though a key is common, or a statement '
	'about one asset that cannot be (other_asset_id NULL)';
COMMENT ON COLUMN cadastre.asset_decision.run_id IS 'The run that led to it; NULL: by hand';
COMMENT ON COLUMN cadastre.asset_decision.verdict IS 'auto: by the program; manual: by a person';
COMMENT ON COLUMN cadastre.asset_decision.author IS '"program", or who decided';
COMMENT ON COLUMN cadastre.asset_decision.keys IS
	'Identity keys that decided, "type value" each, separated by "; "';
COMMENT ON COLUMN cadastre.asset_decision.score IS
	'Sum of the log-odds (decibans) of the keys; 0 where nothing was weighed';
COMMENT ON COLUMN cadastre.asset_decision.undone IS
	'Not in force any more: undone by hand, or a proposal or conflict that was settled';
COMMENT ON COLUMN cadastre.asset_decision.undoes IS 'The decision that this one takes back';

-- ---- keys, weighed -----------------------------------------------------------------------------

ALTER TABLE cadastre.key_rule
	ADD COLUMN score int4 NOT NULL DEFAULT 5 CHECK (score BETWEEN 0 AND 200),
	ADD COLUMN holds text NOT NULL DEFAULT 'many' CHECK (holds IN ('many', 'one', 'life')),
	ADD COLUMN joins bool NOT NULL DEFAULT true,
	ADD COLUMN most int4 NOT NULL DEFAULT 16 CHECK (most > 0);
COMMENT ON COLUMN cadastre.key_rule.score IS
	'What a key in common is worth, in decibans (ten times the logarithm of the odds)';
COMMENT ON COLUMN cadastre.key_rule.holds IS
	'How many a thing has: many; one at one time; one for its life (a contradiction is a veto)';
COMMENT ON COLUMN cadastre.key_rule.joins IS
	'Alone joins addresses that show it at one time; false: makers deliver it to many';
COMMENT ON COLUMN cadastre.key_rule.most IS
	'Met at one time at more addresses than this it is shared';
UPDATE cadastre.key_rule r
SET score = v.score, holds = v.holds, most = v.most
FROM (VALUES ('^ssh[._-]?host[._-]?key', 90, 'one', 256),
             ('^snmp[._-]?engine[._-]?id', 85, 'one', 256),
             ('^lldp[._-]?chassis', 80, 'one', 256),
             ('^serial', 100, 'life', 256),
             ('^hw[._-]serial', 100, 'life', 256),
             ('^smbios[._-]?uuid', 95, 'life', 256),
             ('^mac$', 65, 'many', 16),
             ('^(tls|x509|cert)', 10, 'many', 16),
             ('^netbios', 40, 'one', 16),
             ('^dhcp', 55, 'many', 16),
             ('^(modbus|iec61850|dnp3|bacnet|s7|enip)', 45, 'one', 16)) v (pattern, score, holds, most)
WHERE r.pattern = v.pattern;
INSERT INTO cadastre.key_rule (pattern, strength, note, score, holds, joins, most) VALUES
	('^(tls|x509|cert)[._-]device', 'definitive',
		'certificate that a device made for itself, or shows as a client', 70, 'one', false, 32),
	('^cloud[._-]?instance', 'definitive', 'instance id of a cloud', 110, 'life', true, 256);

-- The rule of a type; none: it is weak.
CREATE FUNCTION cadastre.key_trust(a_type text) RETURNS cadastre.key_rule LANGUAGE sql STABLE
SET search_path = cadastre, pg_temp AS $$
	SELECT r FROM key_rule r WHERE a_type ~* r.pattern
	ORDER BY length(r.pattern) DESC, r.pattern LIMIT 1
$$;
COMMENT ON FUNCTION cadastre.key_trust(text) IS 'The rule of key_rule that decides for a type';

INSERT INTO cadastre.junk_value (type_pattern, value_pattern) VALUES
	-- placeholders of boards and of control devices
	('serial', '^(cip:\d+|[a-z0-9]+):\s*(0+|f+|x+|-+|n/?a|none|unknown|default|1234567?8?9?0?)?$'),
	('', '^(o\.?e\.?m\.?|oem|base board serial number|chassis serial|not applicable|xxxxxxx+|\.+|\*+|none specified)$'),
	('', '^(abcdefgh\w*|0123456789(abcdef)?|11111111+|a1b2c3d4\w*)$'),
	('uuid', '^(ffffffff-ffff-ffff-ffff-ffffffffffff|00020003-0004-0005-0006-000700080009|12345678-1234-5678-90ab-cddeefaabbcc|fefefefe-fefe-fefe-fefe-fefefefefefe)$'),
	-- engine ids that agents make when nobody gave them one (RFC 3411: 4 octets of enterprise, 1 of
	-- format): no more than the format, an address of this machine, all equal octets
	('engine', '^(0x)?([0-9a-f]{2}){1,5}$'),
	('engine', '^(0x)?[0-9a-f]{8}017f0000(01|00)$'),
	('engine', '^(0x)?[0-9a-f]{8}0100000000$'),
	('engine', '^(0x)?[0-9a-f]{8}03(0{12}|f{12})$'),
	('engine', '^(0x)?80001f8804(7075626c6963|6c6f63616c686f7374)$'),
	('engine', '^(0x)?([0-9a-f]{2})\2+$'),
	-- certificates whose private key is published with the packages that carry them are judged by
	-- their being shared: a list would never be whole
	('^(tls|x509|cert)', '^(0{64}|f{64}|e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855)$'),
	('^netbios', '^(workgroup|mshome|domain|pc|desktop|server)$'),
	('^lldp', '^(00[:-]?){6}$');

ALTER TABLE cadastre.virtual_mac
	ADD COLUMN kind text NOT NULL DEFAULT 'redundancy'
		CHECK (kind IN ('redundancy', 'hypervisor'));
COMMENT ON COLUMN cadastre.virtual_mac.kind IS
	'redundancy: the address moves between devices; hypervisor: made by a program for one guest, '
	'which tells guests of one link apart and identifies none for long';
UPDATE cadastre.virtual_mac SET kind = 'hypervisor' WHERE note = 'hypervisor';
INSERT INTO cadastre.virtual_mac (prefix, note, kind) VALUES
	('00:07:b4:01', 'GLBP', 'redundancy'),
	('00:07:b4:02', 'GLBP', 'redundancy'),
	('00:07:b4:03', 'GLBP', 'redundancy'),
	('02:bf:', 'network load balancing', 'redundancy'),
	('01:bf:', 'network load balancing', 'redundancy'),
	('03:bf:', 'network load balancing', 'redundancy'),
	('00:1c:14', 'hypervisor', 'hypervisor'),
	('00:05:69', 'hypervisor', 'hypervisor'),
	('08:00:27', 'hypervisor', 'hypervisor'),
	('52:54:00', 'hypervisor', 'hypervisor'),
	('00:1c:42', 'hypervisor', 'hypervisor');

-- ---- where a key was seen ----------------------------------------------------------------------

CREATE TABLE cadastre.key_sighting (
	asset_id int8 NOT NULL,
	address inet NOT NULL,
	type text NOT NULL,
	value text NOT NULL,
	realm_id int4 NOT NULL,
	source text NOT NULL,
	from_run int8 NOT NULL,
	until_run int8,
	PRIMARY KEY (asset_id, address, type, value, from_run)
);
CREATE UNIQUE INDEX key_sighting_open ON cadastre.key_sighting (asset_id, address, type, value)
	WHERE until_run IS NULL;
CREATE INDEX key_sighting_from ON cadastre.key_sighting USING brin (from_run);
CREATE INDEX key_sighting_until ON cadastre.key_sighting (until_run)
	WHERE until_run IS NOT NULL;
COMMENT ON TABLE cadastre.key_sighting IS
	'Which address of an asset showed which identity key: what is taken apart when it is shared';
COMMENT ON COLUMN cadastre.key_sighting.source IS 'Protocol by which the address showed it';
COMMENT ON COLUMN cadastre.key_sighting.until_run IS
	'It shows another key of the type, or is another asset''s';

-- Addresses that went from thing to thing, by network.
CREATE INDEX address_ended ON cadastre.address (address) WHERE until_run IS NOT NULL;

-- ---- staging -----------------------------------------------------------------------------------

-- Filled and emptied within the transaction that files a batch.
CREATE UNLOGGED TABLE cadastre.stage_split (
	batch int8 NOT NULL,
	asset_id int8 NOT NULL,
	address inet NOT NULL,
	into_id int8 NOT NULL,
	is_new bool NOT NULL,
	keys text NOT NULL,
	reason text NOT NULL
);
CREATE UNLOGGED TABLE cadastre.stage_decision (
	batch int8 NOT NULL,
	kind text NOT NULL,
	asset_id int8 NOT NULL,
	other_asset_id int8,
	keys text NOT NULL,
	score int4 NOT NULL,
	reason text NOT NULL
);
CREATE UNLOGGED TABLE cadastre.stage_note (
	batch int8 NOT NULL,
	asset_id int8 NOT NULL,
	address inet NOT NULL,
	attribute text NOT NULL,
	value text NOT NULL
);
COMMENT ON TABLE cadastre.stage_split IS 'Staging: addresses that leave an asset, with what is theirs';
COMMENT ON TABLE cadastre.stage_decision IS 'Staging: merges, splits, proposals and conflicts';
COMMENT ON TABLE cadastre.stage_note IS 'Staging: what is special about an address';

-- ---- what a person should look at --------------------------------------------------------------

CREATE VIEW cadastre.review_merge_proposal AS
SELECT d.realm_id, d.asset_id, ''::text AS system, 'merge proposal'::text AS kind,
       a.name || ' and ' || o.name AS subject,
       'asset ' || d.asset_id || ' may be asset ' || d.other_asset_id || ': ' || d.reason
           || CASE WHEN d.keys = '' THEN '' ELSE ' (' || d.keys || ', '
              || round(d.score::numeric) || ' of 80)' END AS detail,
       d.decided AS since
FROM cadastre.asset_decision d
JOIN cadastre.asset a ON a.asset_id = d.asset_id
JOIN cadastre.asset o ON o.asset_id = d.other_asset_id
WHERE d.kind = 'proposal' AND d.undone IS NULL AND a.merged_into IS NULL
  AND o.merged_into IS NULL;
COMMENT ON VIEW cadastre.review_merge_proposal IS
	'Pairs of assets that may be one: evidence short of what the program merges by itself';

CREATE VIEW cadastre.review_identity_conflict AS
SELECT d.realm_id, d.asset_id, ''::text AS system, 'identity conflict'::text AS kind,
       a.name || coalesce(' and ' || o.name, '') AS subject,
       'asset ' || d.asset_id || coalesce(' is kept apart from asset ' || d.other_asset_id, '')
           || ': ' || d.reason
           || CASE WHEN d.keys = '' THEN '' ELSE ' (' || d.keys || ')' END AS detail,
       d.decided AS since
FROM cadastre.asset_decision d
JOIN cadastre.asset a ON a.asset_id = d.asset_id
LEFT JOIN cadastre.asset o ON o.asset_id = d.other_asset_id
WHERE d.kind = 'conflict' AND d.undone IS NULL AND a.merged_into IS NULL;
COMMENT ON VIEW cadastre.review_identity_conflict IS
	'Assets kept apart though they have a key in common, and retired ones that answer';

CREATE VIEW cadastre.review_shared_key AS
SELECT k.realm_id, min(k.asset_id) AS asset_id, ''::text AS system, 'shared key'::text AS kind,
       k.type || ' ' || k.value AS subject,
       'of ' || count(DISTINCT k.asset_id) || ' assets: ' || min(k.reason) AS detail,
       min(r.filed) AS since
FROM cadastre.identity_key k
JOIN cadastre.run r ON r.run_id = k.from_run
WHERE k.shared AND k.until_run IS NULL
GROUP BY k.realm_id, k.type, k.value;
COMMENT ON VIEW cadastre.review_shared_key IS
	'Identity keys met on different things at one time: copied images, keys that makers deliver';
