-- SPDX-License-Identifier: Apache-2.0
-- Addresses that an SNMP agent, read with a login of its operator's, has as its own
-- (scanner/campaign/walking.c).

INSERT INTO cadastre.key_rule (pattern, strength, note, score, holds, joins, most) VALUES
	('^snmp[._-]?agent', 'strong',
		'addresses that one SNMP agent says are its own; the value is the first of them',
		60, 'many', true, 64);
