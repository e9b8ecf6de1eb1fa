-- SPDX-License-Identifier: Apache-2.0
-- Addresses that draw the identification of their packets from one counter (scanner/campaign/aliases.c).

INSERT INTO cadastre.key_rule (pattern, strength, note, score, holds, joins, most) VALUES
	('^ip[._-]?counter', 'strong',
		'addresses whose IPv4 packets are numbered by one counter; the value names all of them',
		60, 'many', true, 16);
