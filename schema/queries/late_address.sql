-- SPDX-License-Identifier: Apache-2.0
-- Files what a late run found in the table address, where the register holds nothing of the kind for
-- that time: until the next run that looked there or found something in its place.
-- $1::int8 : batch
-- $2::int8 : run
-- $3::int4 : realm
WITH told AS MATERIALIZED (
    SELECT i.asset_id, i.address, i.mac,
           CASE WHEN i.method <> 'import' AND (i.up OR i.method = 'trace') THEN 'measured'
                ELSE 'claimed' END AS grade, i.method, i.reason, p.ended, p.looked, p.next_run
    FROM stage_identity i
    JOIN late_place p USING (asset_id, address)
    WHERE i.batch = $1
)
INSERT INTO address
    (asset_id, address, mac, grade, method, reason,
     realm_id, from_run, until_run)
SELECT asset_id, address, mac, grade, method, reason,
     $3, $2, e.run_id
FROM told t
LEFT JOIN LATERAL (
    SELECT r.run_id
    FROM (SELECT t.next_run AS run_id
          UNION ALL
          SELECT o.from_run FROM address o
          WHERE o.address = t.address AND o.realm_id = $3
            AND (o.until_run IS NULL OR o.until_run IS NOT NULL)) c
    JOIN run r USING (run_id)
    WHERE r.ended > t.ended
    ORDER BY r.ended, r.run_id
    LIMIT 1) e ON true
WHERE NOT EXISTS (
    SELECT FROM address o
    JOIN run f ON f.run_id = o.from_run
    LEFT JOIN run u ON u.run_id = o.until_run
    WHERE o.address = t.address AND o.realm_id = $3
      AND (o.until_run IS NULL OR o.until_run IS NOT NULL)
      AND f.ended <= t.ended AND (u.run_id IS NULL OR u.ended > t.ended))
  AND (e.run_id IS NOT NULL OR NOT EXISTS (
    SELECT FROM address o
    WHERE o.address = t.address AND o.realm_id = $3
      AND o.until_run IS NULL))
ORDER BY t.address
