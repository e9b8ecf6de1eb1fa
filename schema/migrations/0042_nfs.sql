-- SPDX-License-Identifier: Apache-2.0
-- NFS, since it is asked which versions it serves: what an exposed one is for, and the role that it speaks for.

INSERT INTO cadastre.role_rule (priority, kind, subject, pattern, role) VALUES
	(50, 'protocol', '^nfs$', '', 'server');
INSERT INTO cadastre.exposure_kind (protocol, transport, port, kind, note) VALUES
	('nfs', 0, 0, 'file transfer', 'NFS');
