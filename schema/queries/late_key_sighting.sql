-- SPDX-License-Identifier: Apache-2.0
-- Files what a late run found in the table key_sighting, where the register holds nothing of the kind for
-- that time: until the next run that looked there or found something in its place.
-- $1::int8 : batch
-- $2::int8 : run
-- $3::int4 : realm
WITH told AS MATERIALIZED (
    SELECT p.asset_id, s.address, s.attribute AS type, s.value, min(s.source) AS source, p.ended,
           p.looked, p.next_run
    FROM stage_statement s
    JOIN late_place p ON p.address = s.address
    WHERE s.batch = $1 AND s.kind = 'key'
    GROUP BY p.asset_id, s.address, s.attribute, s.value, p.ended, p.looked, p.next_run
)
INSERT INTO key_sighting
    (asset_id, address, type, value, source,
     realm_id, from_run, until_run)
SELECT asset_id, address, type, value, source,
     $3, $2, e.run_id
FROM told t
LEFT JOIN LATERAL (
    SELECT r.run_id
    FROM (SELECT t.next_run AS run_id
          UNION ALL
          SELECT o.from_run FROM key_sighting o
          WHERE o.asset_id = t.asset_id AND o.address = t.address AND o.type = t.type
              AND o.value = t.value
            AND (o.until_run IS NULL OR o.until_run IS NOT NULL)) c
    JOIN run r USING (run_id)
    WHERE r.ended > t.ended
    ORDER BY r.ended, r.run_id
    LIMIT 1) e ON true
WHERE NOT EXISTS (
    SELECT FROM key_sighting o
    JOIN run f ON f.run_id = o.from_run
    LEFT JOIN run u ON u.run_id = o.until_run
    WHERE o.asset_id = t.asset_id AND o.address = t.address AND o.type = t.type
        AND o.value = t.value
      AND (o.until_run IS NULL OR o.until_run IS NOT NULL)
      AND f.ended <= t.ended AND (u.run_id IS NULL OR u.ended > t.ended))
  AND (e.run_id IS NOT NULL OR NOT EXISTS (
    SELECT FROM key_sighting o
    WHERE o.asset_id = t.asset_id AND o.address = t.address AND o.type = t.type
        AND o.value = t.value
      AND o.until_run IS NULL))
ORDER BY t.asset_id, t.address, t.type, t.value
