-- SPDX-License-Identifier: Apache-2.0
-- Stages the keys that those addresses showed last.
-- $1::int8 : batch
-- $2::int4 : realm
INSERT INTO stage_statement
	(batch, kind, address, subject, attribute, value, source, grade, method, number)
SELECT $1, 'key', g.address, '', g.type, g.value, g.source, 'measured', k.method, 0
FROM stage_endpoint e
JOIN address a ON a.address = e.address AND a.realm_id = $2 AND a.until_run IS NULL
JOIN key_sighting g ON g.asset_id = a.asset_id AND g.address = a.address
    AND g.until_run IS NULL
JOIN identity_key k ON k.asset_id = g.asset_id AND k.type = g.type AND k.value = g.value
    AND k.until_run IS NULL
WHERE e.batch = $1
