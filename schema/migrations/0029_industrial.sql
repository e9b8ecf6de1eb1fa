-- SPDX-License-Identifier: Apache-2.0
-- MMS, since it is recognised, and stations that publish on a link by GOOSE or as sampled values, or answer by
-- PROFINET's DCP: what they are, and what an exposed MMS is for.

INSERT INTO cadastre.role_rule (priority, kind, subject, pattern, role) VALUES
	-- Protection and control devices, and merging units, publish so.
	(80, 'attribute', '^goose\.control-block$', '', 'controller'),
	(80, 'attribute', '^sv\.id$', '', 'controller'),
	-- A switch that is a station of PROFINET says by LLDP what it is, which is more.
	(79, 'attribute', '^dcp\.role$', 'controller', 'controller'),
	(64, 'attribute', '^dcp\.role$', 'device', 'controller');

INSERT INTO cadastre.exposure_kind (protocol, transport, port, kind, note) VALUES
	('mms', 0, 0, 'industrial protocol', 'substation automation');

COMMENT ON COLUMN cadastre.run.taken IS
	'taken + refused_scope + refused_invalid + the counter stations.unplaced = observations in the bundle';
