-- SPDX-License-Identifier: Apache-2.0
-- The keys that an address showed go with it.
-- $1::int8 : batch
-- $2::int8 : run
INSERT INTO identity_key
	(asset_id, type, value, realm_id, strength, shared, verdict, reason, method, evidence,
	 from_run)
SELECT DISTINCT ON (m.into_id, k.type, k.value)
       m.into_id, k.type, k.value, k.realm_id, k.strength, k.shared, k.verdict, k.reason,
       k.method, k.evidence, $2
FROM stage_split m
JOIN key_sighting g ON g.asset_id = m.into_id AND g.address = m.address
    AND g.until_run IS NULL
JOIN identity_key k ON k.asset_id = m.asset_id AND k.type = g.type AND k.value = g.value
    AND k.until_run IS NULL
WHERE m.batch = $1
ORDER BY m.into_id, k.type, k.value
ON CONFLICT DO NOTHING
