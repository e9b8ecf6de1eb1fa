-- SPDX-License-Identifier: Apache-2.0
-- Files what a late run found in the table identity_key, where the register holds nothing of the kind for
-- that time: until the next run that looked there or found something in its place.
-- $1::int8 : batch
-- $2::int8 : run
-- $3::int4 : realm
WITH told AS MATERIALIZED (
    SELECT DISTINCT ON (p.asset_id, s.attribute, s.value) p.asset_id, s.attribute AS type, s.value,
           coalesce((key_trust(s.attribute)).strength, 'weak') AS strength,
           EXISTS (SELECT FROM identity_key k
                   WHERE k.type = s.attribute AND k.value = s.value AND k.realm_id = $3
                     AND k.shared AND k.until_run IS NULL) AS shared,
           'auto' AS verdict, 'met at ' || host(s.address) AS reason, s.method, s.evidence,
               p.ended, p.looked, p.next_run
    FROM stage_statement s
    JOIN late_place p ON p.address = s.address
    WHERE s.batch = $1 AND s.kind = 'key'
    ORDER BY p.asset_id, s.attribute, s.value, s.number
)
INSERT INTO identity_key
    (asset_id, type, value, strength, shared, verdict, reason, method, evidence,
     realm_id, from_run, until_run)
SELECT asset_id, type, value, strength, shared, verdict, reason, method, evidence,
     $3, $2, e.run_id
FROM told t
LEFT JOIN LATERAL (
    SELECT r.run_id
    FROM (SELECT t.next_run AS run_id
          UNION ALL
          SELECT o.from_run FROM identity_key o
          WHERE o.asset_id = t.asset_id AND o.type = t.type AND o.value = t.value
            AND (o.until_run IS NULL OR o.until_run IS NOT NULL)) c
    JOIN run r USING (run_id)
    WHERE r.ended > t.ended
    ORDER BY r.ended, r.run_id
    LIMIT 1) e ON true
WHERE NOT EXISTS (
    SELECT FROM identity_key o
    JOIN run f ON f.run_id = o.from_run
    LEFT JOIN run u ON u.run_id = o.until_run
    WHERE o.asset_id = t.asset_id AND o.type = t.type AND o.value = t.value
      AND (o.until_run IS NULL OR o.until_run IS NOT NULL)
      AND f.ended <= t.ended AND (u.run_id IS NULL OR u.ended > t.ended))
  AND (e.run_id IS NOT NULL OR NOT EXISTS (
    SELECT FROM identity_key o
    WHERE o.asset_id = t.asset_id AND o.type = t.type AND o.value = t.value
      AND o.until_run IS NULL))
ORDER BY t.asset_id, t.type, t.value
