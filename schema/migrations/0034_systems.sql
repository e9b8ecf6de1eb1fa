-- SPDX-License-Identifier: Apache-2.0
-- Operating systems that descriptions by SNMP, LLDP and CDP name.

INSERT INTO cadastre.evidence_family (aspect, word, family, member, broad, note) VALUES
	('os', 'nx os', 'NX-OS', '', false, 'firmware of its maker'),
	('os', 'asa', 'ASA', '', false, 'firmware of its maker'),
	('os', 'eos', 'EOS', '', false, 'firmware of Arista'),
	('os', 'pan os', 'PAN-OS', '', false, 'firmware of its maker');
