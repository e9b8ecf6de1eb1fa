-- SPDX-License-Identifier: Apache-2.0
-- Exposure: what can be reached from the Internet, and the ledger that says why it may be.
--
-- Basis: guiding opinions 1960 (2020), III(3): reduce the Internet's disclosure surface; II(5):
-- maintenance over the Internet only where necessary, with an explanation; GB/T 39204-2022: fewer
-- addresses, ports, services and Internet exits.

-- ---- whose is it ------------------------------------------------------------------------------

CREATE TABLE cadastre.asset_member (
	asset_id int8 PRIMARY KEY,
	realm_id int4 NOT NULL,
	system text NOT NULL
);
CREATE INDEX asset_member_system ON cadastre.asset_member (realm_id, system);
COMMENT ON TABLE cadastre.asset_member IS
	'The view asset_system, kept: written by each intake for the assets that it touched and by each register import for its realm, so that questions about a system need not judge every asset';
INSERT INTO cadastre.asset_member (asset_id, realm_id, system)
SELECT asset_id, realm_id, system FROM cadastre.asset_system;

-- ---- what kind --------------------------------------------------------------------------------

CREATE TABLE cadastre.exposure_kind (
	protocol text NOT NULL,
	transport int2 NOT NULL,
	port int4 NOT NULL,
	kind text NOT NULL CHECK (kind IN ('web', 'administration', 'remote maintenance',
		'industrial protocol', 'database', 'mail', 'file transfer', 'vpn', 'messaging',
		'naming and time', 'unknown')),
	note text NOT NULL,
	PRIMARY KEY (protocol, transport, port)
);
COMMENT ON TABLE cadastre.exposure_kind IS
	'What an exposed service is for: by what speaks there, else by its port';
COMMENT ON COLUMN cadastre.exposure_kind.protocol IS
	'Protocol that was recognised; empty: the row is about a port';
COMMENT ON COLUMN cadastre.exposure_kind.transport IS 'IP protocol number; 0 for a protocol';
INSERT INTO cadastre.exposure_kind (protocol, transport, port, kind, note) VALUES
	('http', 0, 0, 'web', ''), ('https', 0, 0, 'web', ''), ('tls', 0, 0, 'web', 'TLS, inner protocol not recognised'),
	('ssh', 0, 0, 'administration', ''), ('telnet', 0, 0, 'administration', 'in clear'),
	('snmp', 0, 0, 'administration', ''), ('winrm', 0, 0, 'administration', ''),
	('rdp', 0, 0, 'remote maintenance', ''), ('vnc', 0, 0, 'remote maintenance', ''),
	('modbus', 0, 0, 'industrial protocol', ''), ('s7', 0, 0, 'industrial protocol', ''),
	('iec104', 0, 0, 'industrial protocol', ''), ('dnp3', 0, 0, 'industrial protocol', ''),
	('enip', 0, 0, 'industrial protocol', ''), ('bacnet', 0, 0, 'industrial protocol', ''),
	('opcua', 0, 0, 'industrial protocol', ''),
	('postgresql', 0, 0, 'database', ''), ('mysql', 0, 0, 'database', ''),
	('redis', 0, 0, 'database', ''),
	('smtp', 0, 0, 'mail', ''), ('imap', 0, 0, 'mail', ''), ('pop3', 0, 0, 'mail', ''),
	('ftp', 0, 0, 'file transfer', ''), ('mqtt', 0, 0, 'messaging', ''),
	('dns', 0, 0, 'naming and time', ''), ('ntp', 0, 0, 'naming and time', ''),
	('', 6, 80, 'web', ''), ('', 6, 443, 'web', ''), ('', 6, 8000, 'web', ''),
	('', 6, 8080, 'web', ''), ('', 6, 8443, 'web', ''), ('', 17, 443, 'web', 'QUIC'),
	('', 6, 22, 'administration', 'SSH'), ('', 6, 23, 'administration', 'Telnet'),
	('', 6, 2222, 'administration', 'SSH'), ('', 6, 512, 'administration', 'rexec'),
	('', 6, 513, 'administration', 'rlogin'), ('', 6, 514, 'administration', 'rsh'),
	('', 6, 830, 'administration', 'NETCONF (RFC 6242)'),
	('', 6, 2375, 'administration', 'container engine'),
	('', 6, 2376, 'administration', 'container engine'),
	('', 6, 5985, 'administration', 'WS-Management'),
	('', 6, 5986, 'administration', 'WS-Management'),
	('', 6, 6443, 'administration', 'cluster API'), ('', 6, 8291, 'administration', 'router console'),
	('', 6, 10000, 'administration', 'web console'), ('', 17, 161, 'administration', 'SNMP'),
	('', 17, 623, 'administration', 'IPMI'),
	('', 6, 3389, 'remote maintenance', 'RDP'), ('', 17, 3389, 'remote maintenance', 'RDP'),
	('', 6, 4899, 'remote maintenance', 'remote desktop'),
	('', 6, 5631, 'remote maintenance', 'remote desktop'),
	('', 6, 5900, 'remote maintenance', 'VNC'), ('', 6, 5901, 'remote maintenance', 'VNC'),
	('', 6, 5938, 'remote maintenance', 'remote desktop'),
	('', 6, 6000, 'remote maintenance', 'X11'), ('', 6, 7070, 'remote maintenance', 'remote desktop'),
	('', 6, 102, 'industrial protocol', 'ISO transport: S7, IEC 61850'),
	('', 6, 502, 'industrial protocol', 'Modbus'), ('', 6, 1911, 'industrial protocol', 'Fox'),
	('', 6, 2404, 'industrial protocol', 'IEC 60870-5-104'),
	('', 6, 4840, 'industrial protocol', 'OPC UA'), ('', 6, 4911, 'industrial protocol', 'Fox over TLS'),
	('', 6, 9600, 'industrial protocol', 'FINS'), ('', 17, 9600, 'industrial protocol', 'FINS'),
	('', 6, 18245, 'industrial protocol', 'SRTP'), ('', 6, 20000, 'industrial protocol', 'DNP3'),
	('', 17, 20000, 'industrial protocol', 'DNP3'),
	('', 6, 44818, 'industrial protocol', 'EtherNet/IP'),
	('', 17, 44818, 'industrial protocol', 'EtherNet/IP'),
	('', 17, 2222, 'industrial protocol', 'EtherNet/IP I/O'),
	('', 17, 47808, 'industrial protocol', 'BACnet'),
	('', 6, 1433, 'database', ''), ('', 17, 1434, 'database', ''), ('', 6, 1521, 'database', ''),
	('', 6, 3306, 'database', ''), ('', 6, 5432, 'database', ''), ('', 6, 6379, 'database', ''),
	('', 6, 9042, 'database', ''), ('', 6, 9200, 'database', ''), ('', 6, 11211, 'database', ''),
	('', 17, 11211, 'database', ''), ('', 6, 27017, 'database', ''),
	('', 6, 25, 'mail', ''), ('', 6, 110, 'mail', ''), ('', 6, 143, 'mail', ''),
	('', 6, 465, 'mail', ''), ('', 6, 587, 'mail', ''), ('', 6, 993, 'mail', ''),
	('', 6, 995, 'mail', ''),
	('', 6, 21, 'file transfer', 'FTP'), ('', 6, 990, 'file transfer', 'FTP over TLS'),
	('', 6, 139, 'file transfer', 'SMB'), ('', 6, 445, 'file transfer', 'SMB'),
	('', 6, 873, 'file transfer', 'rsync'), ('', 6, 2049, 'file transfer', 'NFS'),
	('', 17, 69, 'file transfer', 'TFTP'),
	('', 6, 1194, 'vpn', ''), ('', 17, 1194, 'vpn', ''), ('', 6, 1723, 'vpn', 'PPTP'),
	('', 17, 500, 'vpn', 'IKE'), ('', 17, 4500, 'vpn', 'IPsec over UDP (RFC 3948)'),
	('', 17, 1701, 'vpn', 'L2TP'), ('', 17, 51820, 'vpn', ''),
	('', 6, 1883, 'messaging', 'MQTT'), ('', 6, 8883, 'messaging', 'MQTT over TLS'),
	('', 6, 5672, 'messaging', 'AMQP'), ('', 6, 5060, 'messaging', 'SIP'),
	('', 17, 5060, 'messaging', 'SIP'),
	('', 6, 53, 'naming and time', ''), ('', 17, 53, 'naming and time', ''),
	('', 17, 123, 'naming and time', ''), ('', 6, 389, 'naming and time', 'LDAP'),
	('', 6, 636, 'naming and time', 'LDAP over TLS');

-- ---- the ledger -------------------------------------------------------------------------------

CREATE TABLE cadastre.exposure_justification (
	id int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	realm_id int4 NOT NULL REFERENCES cadastre.realm,
	prefix inet NOT NULL,
	transport int2 NOT NULL CHECK (transport IN (0, 6, 17)),
	ports int4multirange NOT NULL,
	reason text NOT NULL CHECK (reason <> ''),
	approver text NOT NULL CHECK (approver <> ''),
	document text NOT NULL,
	author text NOT NULL,
	recorded timestamptz NOT NULL DEFAULT clock_timestamp(),
	expires timestamptz NOT NULL CHECK (expires > recorded),
	withdrawn timestamptz,
	withdrawn_by text NOT NULL DEFAULT '',
	withdrawn_reason text NOT NULL DEFAULT ''
);
CREATE INDEX exposure_justification_prefix ON cadastre.exposure_justification
	USING gist (prefix inet_ops);
COMMENT ON TABLE cadastre.exposure_justification IS
	'The ledger: why something may be reached from the Internet, who approved it and until when. A row is never changed but for its withdrawal';
COMMENT ON COLUMN cadastre.exposure_justification.transport IS 'IP protocol number; 0: any';
COMMENT ON COLUMN cadastre.exposure_justification.ports IS 'empty: any port';

-- ---- questions --------------------------------------------------------------------------------

CREATE INDEX service_exposed ON cadastre.service (asset_id) WHERE exposed;

CREATE VIEW cadastre.exposure_history AS
SELECT s.asset_id, s.realm_id, s.address, s.transport, s.port,
	coalesce(p.kind, q.kind, 'unknown') AS kind, s.protocol, s.vendor, s.product, s.version,
	s.evidence, s.from_run, s.until_run, f.ended AS since, u.ended AS until,
	coalesce(m.system, '') AS system, coalesce(y.organisation, '') AS organisation
FROM cadastre.service s
JOIN cadastre.run f ON f.run_id = s.from_run
LEFT JOIN cadastre.run u ON u.run_id = s.until_run
LEFT JOIN cadastre.exposure_kind p ON p.protocol = s.protocol AND p.protocol <> ''
LEFT JOIN cadastre.exposure_kind q ON q.protocol = '' AND q.transport = s.transport
	AND q.port = s.port
LEFT JOIN cadastre.asset_member m ON m.asset_id = s.asset_id
LEFT JOIN cadastre.system y ON y.realm_id = s.realm_id AND y.id = m.system
	AND y.until_import IS NULL
WHERE s.exposed;
COMMENT ON VIEW cadastre.exposure_history IS
	'Services that answered to the Internet vantage, each as long as it stayed the same; with the system and operator that its asset has now';

-- The newest entry that covers a service and was known at a time; one in force goes first.
CREATE FUNCTION cadastre.exposure_entry(a_realm int4, an_address inet, a_transport int2,
	a_port int4, a_time timestamptz)
RETURNS TABLE (id int8, reason text, approver text, document text, expires timestamptz)
LANGUAGE sql STABLE ROWS 1 AS $$
	SELECT j.id, j.reason, j.approver, j.document, j.expires
	FROM cadastre.exposure_justification j
	WHERE j.realm_id = a_realm AND j.prefix >>= an_address
		AND (j.transport = 0 OR j.transport = a_transport)
		AND (isempty(j.ports) OR j.ports @> a_port)
		AND j.recorded <= a_time AND (j.withdrawn IS NULL OR j.withdrawn > a_time)
	ORDER BY (j.expires > a_time) DESC, j.id DESC
	LIMIT 1
$$;
COMMENT ON FUNCTION cadastre.exposure_entry(int4, inet, int2, int4, timestamptz) IS
	'The entry of the ledger for a service at a time: in force before expired, newest first';

CREATE VIEW cadastre.exposure_current AS
SELECT r.name AS realm, e.organisation, e.system, e.asset_id, a.name AS asset, e.address,
	CASE e.transport WHEN 6 THEN 'tcp' WHEN 17 THEN 'udp' ELSE e.transport::text END
		AS transport,
	e.port, e.kind, e.protocol, e.vendor, e.product, e.version, e.since,
	CASE WHEN j.id IS NULL THEN 'unjustified' WHEN j.expires <= now() THEN 'expired'
		ELSE 'justified' END AS state,
	j.id AS entry, j.reason, j.approver, j.document, j.expires, e.realm_id
FROM cadastre.exposure_history e
JOIN cadastre.realm r USING (realm_id)
JOIN cadastre.asset a USING (asset_id)
LEFT JOIN LATERAL cadastre.exposure_entry(e.realm_id, e.address, e.transport, e.port, now()) j
	ON true
WHERE e.until_run IS NULL;
COMMENT ON VIEW cadastre.exposure_current IS
	'What can be reached from the Internet as last known, with its entry in the ledger';

CREATE VIEW cadastre.review_exposure AS
SELECT realm_id, asset_id, system, 'unjustified exposure' AS kind,
	host(address) || ' ' || transport || '/' || port AS subject,
	kind || coalesce(', ' || nullif(protocol, ''), '')
		|| CASE state WHEN 'expired' THEN ', approval expired ' || expires::date ELSE '' END
		AS detail,
	since
FROM cadastre.exposure_current WHERE state <> 'justified';
COMMENT ON VIEW cadastre.review_exposure IS
	'Exposed services without an entry of the ledger in force';
