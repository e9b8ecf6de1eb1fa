-- SPDX-License-Identifier: Apache-2.0
-- What the services that are asked over UDP and SCTP say of an asset: its role, and what an exposed
-- one is for. What a reader knows better than the protocol alone (an ONVIF camera, a WSD printer, a
-- FortiGate) comes as hw.device and goes before all of this. The role of an asset is judged again when
-- something of it is filed.

INSERT INTO cadastre.role_rule (priority, kind, subject, pattern, role) VALUES
	-- A device server joins serial lines of control devices to the network; that its name ends in
	-- "server" made it one until now.
	(95, 'attribute', '^(hw|os)\.device$', 'device server', 'controller'),
	-- KNXnet/IP (EN 50090, ISO 22510): the way into the bus of a building's automation.
	-- ADS: the router of a TwinCAT controller. Moxa: its serial device servers answer nothing else.
	-- FINS and DNP3 are in the rule of control protocols already.
	(80, 'protocol', '^(knxip|ads|moxa)$', '', 'controller'),
	-- Raw printing announced by the thing itself; _ipp and _printer are also announced by computers
	-- that share one.
	(78, 'attribute', '^mdns\.services$', '_pdl-datastream\._tcp', 'printer'),
	-- The answer of SQL Server's browser is recognised as mssql, which has its rule; this is for one
	-- that was not.
	(69, 'port', 'udp/1434', '', 'database'),
	-- Control ports that answered without being recognised, as those of TCP.
	(65, 'port', 'udp/3671', '', 'controller'),
	(65, 'port', 'udp/9600', '', 'controller'),
	(65, 'port', 'udp/20000', '', 'controller'),
	(65, 'port', 'udp/44818', '', 'controller'),
	(65, 'port', 'udp/48899', '', 'controller'),
	-- Whoever answers the first message of a key exchange that he did not begin ends tunnels: a VPN
	-- gateway, whatever pages it shows besides.
	(57, 'protocol', '^ike$', '', 'firewall'),
	-- A domain controller says so by its registered name (RFC 1002, <1C>).
	(52, 'attribute', '^nbns\.domain_controller$', '^yes$', 'server'),
	-- The management controller of server hardware (IPMI 2.0); what runs on it goes before.
	(48, 'protocol', '^ipmi$', '', 'server'),
	-- Those who wait for SCTP associations: signalling (RFC 3331, RFC 4666), Diameter (RFC 6733), the
	-- core of a mobile network (3GPP TS 36.412, TS 38.412).
	(45, 'port', 'sctp/2904', '', 'server'),
	(45, 'port', 'sctp/2905', '', 'server'),
	(45, 'port', 'sctp/3868', '', 'server'),
	(45, 'port', 'sctp/36412', '', 'server'),
	(45, 'port', 'sctp/38412', '', 'server');
	-- CoAP, mDNS, SSDP, WS-Discovery and NetBIOS say nothing alone: everything from a lamp to a
	-- server speaks them.

INSERT INTO cadastre.exposure_kind (protocol, transport, port, kind, note) VALUES
	('ipmi', 0, 0, 'administration', 'remote administration of hardware'),
	('moxa', 0, 0, 'administration', 'search and set-up of serial device servers'),
	('knxip', 0, 0, 'industrial protocol', 'building automation'),
	('ads', 0, 0, 'industrial protocol', 'TwinCAT'),
	('fins', 0, 0, 'industrial protocol', ''),
	('mssql', 0, 0, 'database', ''),
	('ike', 0, 0, 'vpn', 'VPN gateway'),
	('coap', 0, 0, 'messaging', 'of constrained devices (RFC 7252)'),
	('sip', 0, 0, 'messaging', 'telephony'),
	-- They tell strangers what there is and amplify; nobody outside of the link needs them.
	('mdns', 0, 0, 'naming and time', 'meant for one link (RFC 6762)'),
	('netbios', 0, 0, 'naming and time', 'names of Windows hosts'),
	('ssdp', 0, 0, 'naming and time', 'discovery, meant for one link'),
	('wsd', 0, 0, 'naming and time', 'discovery, meant for one link'),
	-- The same by port, for what was not recognised.
	('', 17, 3671, 'industrial protocol', 'KNXnet/IP'),
	('', 17, 48899, 'industrial protocol', 'ADS'), ('', 6, 48898, 'industrial protocol', 'ADS'),
	('', 17, 4800, 'administration', 'Moxa'),
	('', 17, 5683, 'messaging', 'CoAP'), ('', 17, 5684, 'messaging', 'CoAP over DTLS'),
	('', 17, 137, 'naming and time', 'NetBIOS'), ('', 17, 1900, 'naming and time', 'SSDP'),
	('', 17, 3702, 'naming and time', 'WS-Discovery'), ('', 17, 5353, 'naming and time', 'mDNS'),
	-- SCTP: what IANA gives the same service as over TCP, and signalling.
	('', 132, 21, 'file transfer', 'FTP'), ('', 132, 22, 'administration', 'SSH'),
	('', 132, 80, 'web', ''), ('', 132, 443, 'web', ''),
	('', 132, 2904, 'messaging', 'M2UA (RFC 3331)'), ('', 132, 2905, 'messaging', 'M3UA (RFC 4666)'),
	('', 132, 3868, 'messaging', 'Diameter (RFC 6733)'), ('', 132, 5060, 'messaging', 'SIP (RFC 4168)'),
	('', 132, 36412, 'messaging', 'S1AP'), ('', 132, 38412, 'messaging', 'NGAP'),
	('', 132, 20049, 'file transfer', 'NFS');
