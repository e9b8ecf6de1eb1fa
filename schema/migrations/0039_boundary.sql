-- SPDX-License-Identifier: Apache-2.0
-- Boundaries of systems: when flows were seen, which protocols control, and what belongs to a system,
-- in versions, with the reason of each member.

-- ---- flows --------------------------------------------------------------------------------------

-- A link says that a flow is there and one of the ports it went to; it does not end and is not
-- renewed. Who exchanges what, and when that was last seen, stands here: one row for each client,
-- server and port as long as no seven days pass without it. Ends are addresses, whose history says
-- which asset held them; so nothing here moves when assets are merged or split.
CREATE TABLE cadastre.flow_seen (
	realm_id int4 NOT NULL REFERENCES cadastre.realm,
	client inet NOT NULL,
	server inet NOT NULL,
	transport int2 NOT NULL,
	port int4 NOT NULL,
	protocol text NOT NULL,
	way text NOT NULL CHECK (way IN ('both', 'one-way', 'unknown')),
	first_run int8 NOT NULL,
	last_run int8 NOT NULL,
	PRIMARY KEY (realm_id, client, server, transport, port, first_run)
) WITH (fillfactor = 70);
COMMENT ON TABLE cadastre.flow_seen IS
	'Who exchanges what with whom, and from which run to which it was seen without a gap of seven days';
COMMENT ON COLUMN cadastre.flow_seen.client IS 'Who asked; of an unknown way one of the two ends';
COMMENT ON COLUMN cadastre.flow_seen.transport IS 'IP protocol number; 0: not told';
COMMENT ON COLUMN cadastre.flow_seen.port IS 'Of the server; 0: not told';
COMMENT ON COLUMN cadastre.flow_seen.protocol IS 'As it was last recognised; empty: never';
COMMENT ON COLUMN cadastre.flow_seen.way IS
	'one-way: nothing comes back from the server; unknown: who told of it does not say who asked';

-- What links said until now. Which end asked is not known where one of them is no asset, or where no
-- port is told.
INSERT INTO cadastre.flow_seen (realm_id, client, server, transport, port, protocol, way, first_run,
	last_run)
SELECT realm_id, own_end, other, 0, port, max(protocol),
	CASE WHEN bool_and(known) AND port > 0 THEN 'both' ELSE 'unknown' END, from_run, from_run
FROM (
	SELECT l.realm_id, l.own_end, l.from_run,
		CASE l.peer_asset_id WHEN 0 THEN l.peer_address ELSE l.peer_end END AS other,
		coalesce(substring(l.detail FROM '(?:^|, )port=(\d{1,5})(?:,|$)')::int4, 0) AS port,
		coalesce(substring(l.detail FROM '(?:^|, )protocol=([a-z0-9-]+)'), '') AS protocol,
		l.peer_asset_id <> 0 AS known
	FROM cadastre.link l
	WHERE l.layer = 'flow' AND (l.until_run IS NULL OR l.until_run IS NOT NULL)) AS l
WHERE own_end IS NOT NULL AND other IS NOT NULL AND own_end <> other
GROUP BY realm_id, own_end, other, port, from_run;

ALTER TABLE cadastre.stage_link
	ADD COLUMN transport int2 NOT NULL DEFAULT 0,
	ADD COLUMN port int4 NOT NULL DEFAULT 0,
	ADD COLUMN protocol text NOT NULL DEFAULT '',
	ADD COLUMN way text NOT NULL DEFAULT '';

CREATE TABLE cadastre.flow_class (
	protocol text PRIMARY KEY,
	class text NOT NULL CHECK (class IN ('control', 'business', 'service')),
	note text NOT NULL
);
COMMENT ON TABLE cadastre.flow_class IS
	'What flows of a protocol are for; of one that is not named here: business';
COMMENT ON COLUMN cadastre.flow_class.class IS
	'control: measuring and switching; service: names, time, discovery and management of the network, which everything uses and no boundary follows';
INSERT INTO cadastre.flow_class (protocol, class, note) VALUES
	('ads', 'control', 'Beckhoff TwinCAT'),
	('bacnet', 'control', 'buildings'),
	('dnp3', 'control', 'telecontrol, IEEE 1815'),
	('enip', 'control', 'EtherNet/IP with CIP'),
	('fins', 'control', 'Omron controllers'),
	('fox', 'control', 'Niagara, buildings'),
	('goose', 'control', 'IEC 61850-8-1'),
	('hartip', 'control', 'field devices'),
	('iec104', 'control', 'telecontrol, IEC 60870-5-104'),
	('knxip', 'control', 'buildings'),
	('mms', 'control', 'IEC 61850-8-1, ICCP'),
	('modbus', 'control', 'controllers'),
	('moxa', 'control', 'serial lines over networks'),
	('opcua', 'control', 'IEC 62541'),
	('profinet', 'control', 'controllers'),
	('s7', 'control', 'Siemens controllers'),
	('sv', 'control', 'IEC 61850-9-2'),
	('dhcp', 'service', 'addresses'),
	('dns', 'service', 'names'),
	('llmnr', 'service', 'names'),
	('mdns', 'service', 'names'),
	('netbios', 'service', 'names'),
	('ntp', 'service', 'time'),
	('portmap', 'service', 'discovery'),
	('slp', 'service', 'discovery'),
	('snmp', 'service', 'management of the network'),
	('ssdp', 'service', 'discovery'),
	('stun', 'service', 'discovery'),
	('wsd', 'service', 'discovery');

-- ---- boundaries ---------------------------------------------------------------------------------

-- Versions are only added: the one that holds at a time is the newest of those that are valid then
-- and were recorded by the time that is asked about.
CREATE TABLE cadastre.boundary (
	id int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	realm_id int4 NOT NULL REFERENCES cadastre.realm,
	system text NOT NULL,
	kind text NOT NULL CHECK (kind IN ('maximum', 'decided')),
	version int4 NOT NULL,
	sha256 text NOT NULL,
	rule text NOT NULL,
	basis text NOT NULL,
	businesses text NOT NULL,
	members int4 NOT NULL,
	notes int4 NOT NULL,
	of_boundary int8 REFERENCES cadastre.boundary,
	official text NOT NULL,
	decision_no text NOT NULL,
	run_id int8 NOT NULL,
	valid_from timestamptz NOT NULL,
	recorded timestamptz NOT NULL,
	UNIQUE (realm_id, system, kind, version),
	CHECK ((kind = 'decided') = (of_boundary IS NOT NULL))
);
COMMENT ON TABLE cadastre.boundary IS
	'What belongs to a system: all that its rule reaches (maximum), and what an official made of that (decided)';
COMMENT ON COLUMN cadastre.boundary.sha256 IS
	'Of the whole set, without the times of flows; a version is written if it differs from the newest';
COMMENT ON COLUMN cadastre.boundary.rule IS
	'Strengths of needs; flows that are followed; where it stops; the window';
COMMENT ON COLUMN cadastre.boundary.of_boundary IS 'The maximum boundary that was decided on';
COMMENT ON COLUMN cadastre.boundary.run_id IS 'Newest run that counted';

CREATE TABLE cadastre.boundary_member (
	boundary_id int8 NOT NULL REFERENCES cadastre.boundary,
	place int4 NOT NULL,
	asset_id int8 NOT NULL,
	name text NOT NULL,
	role text NOT NULL,
	why text NOT NULL CHECK (why IN ('system', 'flow', 'boundary-device', 'protects', 'added')),
	system text NOT NULL,
	via_asset_id int8 NOT NULL,
	protocol text NOT NULL,
	transport int2 NOT NULL,
	port int4 NOT NULL,
	seen timestamptz,
	run_id int8 NOT NULL,
	conduit text NOT NULL,
	observed bool NOT NULL,
	reason text NOT NULL,
	PRIMARY KEY (boundary_id, place)
);
CREATE INDEX boundary_member_asset ON cadastre.boundary_member (asset_id);
COMMENT ON TABLE cadastre.boundary_member IS 'Assets of a boundary, each with the way it came in';
COMMENT ON COLUMN cadastre.boundary_member.system IS 'From whose assets the way begins';
COMMENT ON COLUMN cadastre.boundary_member.via_asset_id IS 'The member before it; 0: none';
COMMENT ON COLUMN cadastre.boundary_member.seen IS 'When the flow that led here was last seen';
COMMENT ON COLUMN cadastre.boundary_member.run_id IS 'The run that saw it; 0: no flow led here';
COMMENT ON COLUMN cadastre.boundary_member.observed IS
	'Whether any flow of it was seen within the window; if not, what it talks with is not known';
COMMENT ON COLUMN cadastre.boundary_member.reason IS
	'The whole way in words; of an asset that was added the official''s reason';

CREATE TABLE cadastre.boundary_note (
	boundary_id int8 NOT NULL REFERENCES cadastre.boundary,
	place int4 NOT NULL,
	what text NOT NULL,
	asset_id int8 NOT NULL,
	system text NOT NULL,
	protocol text NOT NULL,
	transport int2 NOT NULL,
	port int4 NOT NULL,
	conduit text NOT NULL,
	peers int4 NOT NULL,
	seen timestamptz,
	followed bool NOT NULL,
	words text NOT NULL,
	PRIMARY KEY (boundary_id, place)
);
COMMENT ON TABLE cadastre.boundary_note IS
	'Where the way of a boundary ended, and what was not known when it was derived';
COMMENT ON COLUMN cadastre.boundary_note.asset_id IS 'The member it is about; 0: of none';
COMMENT ON COLUMN cadastre.boundary_note.followed IS 'The way went on in spite of it';

CREATE TABLE cadastre.boundary_change (
	boundary_id int8 NOT NULL REFERENCES cadastre.boundary,
	place int4 NOT NULL,
	act text NOT NULL CHECK (act IN ('add', 'remove')),
	asset_id int8 NOT NULL,
	name text NOT NULL,
	reason text NOT NULL,
	PRIMARY KEY (boundary_id, place)
);
COMMENT ON TABLE cadastre.boundary_change IS
	'What an official added to the maximum boundary or removed from it, and why';

CREATE VIEW cadastre.boundary_current AS
SELECT DISTINCT ON (b.realm_id, b.system, b.kind) r.name AS realm, b.system, b.kind, b.version,
	b.members, b.notes, b.rule, b.businesses, b.official, b.decision_no, b.valid_from, b.recorded,
	b.sha256, b.realm_id, b.id
FROM cadastre.boundary b JOIN cadastre.realm r USING (realm_id)
ORDER BY b.realm_id, b.system, b.kind, b.version DESC;
COMMENT ON VIEW cadastre.boundary_current IS
	'The newest version of each boundary, maximum and decided';

-- At another time: the versions that were valid and recorded by then.
DO $$
DECLARE
	body text := pg_get_functiondef('cadastre.as_of_build()'::regprocedure);
	anchor text := '	-- The views for people, over these; whose an asset was is computed.';
BEGIN
	IF position(anchor IN body) = 0 THEN
		RAISE EXCEPTION 'as_of_build() is not as expected: %', anchor;
	END IF;
	EXECUTE replace(body, anchor, '	CREATE VIEW cadastre_as_of.boundary AS SELECT * FROM cadastre.boundary
		WHERE recorded <= cadastre.known_at() AND valid_from <= cadastre.as_of();
' || anchor);
END $$;
