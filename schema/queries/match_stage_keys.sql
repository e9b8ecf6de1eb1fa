-- SPDX-License-Identifier: Apache-2.0
-- Stages the keys that those addresses showed last.
-- $1::int8 : batch
INSERT INTO stage_statement
	(batch, kind, address, subject, attribute, value, source, grade, method, number)
SELECT $1, 'key', g.address, '', g.type, g.value, g.source, 'measured', k.method, 0
FROM match_own o
JOIN key_sighting g ON g.asset_id = o.asset_id AND g.address = o.address
    AND g.until_run IS NULL
JOIN identity_key k ON k.asset_id = g.asset_id AND k.type = g.type AND k.value = g.value
    AND k.until_run IS NULL
