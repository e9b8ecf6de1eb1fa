-- SPDX-License-Identifier: Apache-2.0
-- What SNMP agents say that are read with a login of their operator's: which addresses are their own, what
-- they are (scanner/campaign/walking.c).

INSERT INTO cadastre.key_rule (pattern, strength, note, score, holds, joins, most) VALUES
	('^snmp[._-]?agent', 'strong',
		'addresses that one SNMP agent says are its own; the value is the first of them',
		60, 'many', true, 64);
INSERT INTO cadastre.evidence_rule (source, weight, self, basis, note) VALUES
	('snmp.agent', 90, true, 'snmp', 'system group and chassis, told to a login of its operator''s');
