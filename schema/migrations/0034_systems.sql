-- SPDX-License-Identifier: Apache-2.0
-- Operating systems that descriptions by SNMP, LLDP and CDP name, and roles by the capabilities that LLDP and CDP state: a
-- phone has a bridge inside, and an access point as well.

INSERT INTO cadastre.evidence_family (aspect, word, family, member, broad, note) VALUES
	('os', 'nx os', 'NX-OS', '', false, 'firmware of its maker'),
	('os', 'asa', 'ASA', '', false, 'firmware of its maker'),
	('os', 'eos', 'EOS', '', false, 'firmware of Arista'),
	('os', 'pan os', 'PAN-OS', '', false, 'firmware of its maker');

INSERT INTO cadastre.role_rule (priority, kind, subject, pattern, role) VALUES
	(86, 'attribute', '^(lldp|cdp)\.capabilities$', '\mtelephone\M', 'phone'),
	(85, 'attribute', '^lldp\.capabilities$', '\mwlan-ap\M', 'access-point'),
	(84, 'attribute', '^cdp\.capabilities$', '\mrouter\M', 'router'),
	(83, 'attribute', '^cdp\.capabilities$', '\m(switch|transparent-bridge)\M', 'switch');
