-- SPDX-License-Identifier: Apache-2.0
-- SMB, HART-IP, Oracle's listener and MongoDB, since they are recognised: what an exposed one is for, and the role of a
-- field device.

INSERT INTO cadastre.role_rule (priority, kind, subject, pattern, role) VALUES
	-- A transmitter, a valve, or the gateway to them.
	(80, 'protocol', '^hartip$', '', 'controller');

INSERT INTO cadastre.exposure_kind (protocol, transport, port, kind, note) VALUES
	('smb', 0, 0, 'file transfer', ''),
	('hartip', 0, 0, 'industrial protocol', 'field devices'),
	('', 6, 5094, 'industrial protocol', 'HART-IP'), ('', 17, 5094, 'industrial protocol', 'HART-IP'),
	('oracle', 0, 0, 'database', 'listener'), ('mongodb', 0, 0, 'database', '');
