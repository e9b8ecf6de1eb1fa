-- SPDX-License-Identifier: Apache-2.0
-- What VNC, rsync, Memcached, RTSP, LDAP, AMQP and Niagara Fox say of an asset, and what an exposed one is for. VNC has its
-- rows; RTSP, LDAP and AMQP have their roles.

INSERT INTO cadastre.role_rule (priority, kind, subject, pattern, role) VALUES
	-- Niagara stations run the automation of buildings.
	(80, 'protocol', '^fox$', '', 'controller'),
	(70, 'protocol', '^memcached$', '', 'database'),
	(50, 'protocol', '^rsync$', '', 'server');

INSERT INTO cadastre.exposure_kind (protocol, transport, port, kind, note) VALUES
	('fox', 0, 0, 'industrial protocol', 'building automation'),
	('memcached', 0, 0, 'database', 'cache, mostly without a password'),
	('rsync', 0, 0, 'file transfer', ''),
	('amqp', 0, 0, 'messaging', ''),
	('ldap', 0, 0, 'naming and time', 'directory'),
	('rtsp', 0, 0, 'remote maintenance', 'pictures of cameras'),
	-- By port, for what was not recognised; the others have their rows.
	('', 6, 554, 'remote maintenance', 'RTSP');
