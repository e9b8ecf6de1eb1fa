-- SPDX-License-Identifier: Apache-2.0
-- HTTP/2, Kerberos, the port mapper, ZooKeeper, Kafka, X11, OpenVPN, WireGuard, NNTP, STUN, SLP and IPP, since they are
-- recognised: what an exposed one is for, and the roles that they speak for. SQL Server over TCP and IPP have theirs.

INSERT INTO cadastre.role_rule (priority, kind, subject, pattern, role) VALUES
	-- It answers the first packet of a client that it does not know: it ends tunnels.
	(57, 'protocol', '^openvpn$', '', 'firewall'),
	-- Instruments that are driven over a network (VXI-11) measure and control.
	(80, 'attribute', '^portmap\.programs$', 'vxi11-core', 'controller'),
	(50, 'attribute', '^portmap\.programs$', '\m(nfs|mountd|ypserv) ', 'server'),
	(78, 'attribute', '^slp\.services$', 'service:printer', 'printer'),
	(50, 'attribute', '^slp\.services$', 'VMwareInfrastructure', 'server'),
	-- A key distribution centre; those who coordinate and carry messages; news; relays of calls.
	(50, 'protocol', '^(kerberos|zookeeper|kafka|nntp|stun)$', '', 'server');
	-- X11 and the port mapper alone say nothing: workstations, servers and devices have them.

INSERT INTO cadastre.exposure_kind (protocol, transport, port, kind, note) VALUES
	('http2', 0, 0, 'web', ''),
	('openvpn', 0, 0, 'vpn', 'OpenVPN, whose control channel is not authenticated'),
	('wireguard', 0, 0, 'vpn', 'WireGuard'),
	('x11', 0, 0, 'remote maintenance', 'screens, keyboards'),
	('portmap', 0, 0, 'administration', 'list of RPC services, amplifies'),
	('kerberos', 0, 0, 'naming and time', 'log-ins'),
	('slp', 0, 0, 'naming and time', 'discovery, amplifies'),
	('zookeeper', 0, 0, 'administration', 'coordination of clusters'),
	('kafka', 0, 0, 'messaging', ''),
	('nntp', 0, 0, 'messaging', 'news'), ('nntps', 0, 0, 'messaging', 'news'),
	('stun', 0, 0, 'messaging', 'relays of calls'), ('ipp', 0, 0, 'administration', 'printer'),
	-- By port, for what was not recognised. 51820 has its row: WireGuard does not answer strangers.
	('', 6, 88, 'naming and time', 'Kerberos'), ('', 17, 88, 'naming and time', 'Kerberos'),
	('', 6, 111, 'administration', 'port mapper'), ('', 17, 111, 'administration', 'port mapper'),
	('', 6, 631, 'administration', 'printing'), ('', 6, 2181, 'administration', 'ZooKeeper'), ('', 6, 9092, 'messaging', 'Kafka'),
	('', 6, 2379, 'administration', 'etcd'), ('', 6, 119, 'messaging', 'news'),
	('', 6, 427, 'naming and time', 'SLP'), ('', 17, 427, 'naming and time', 'SLP'),
	('', 17, 3478, 'messaging', 'STUN');
