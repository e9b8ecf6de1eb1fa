-- SPDX-License-Identifier: Apache-2.0
-- Ends addresses that were looked for and did not answer, of assets that answer at another
-- address of the family: they moved.
-- $1::int8 : run
-- $2::int4 : realm
-- $3::int8 : batch
-- $4::int4 : bit of the vantage
UPDATE address t
SET until_run = $1
FROM (SELECT a.asset_id, a.address
      FROM run_met r
      JOIN address a USING (asset_id)
      JOIN asset o USING (asset_id)
      WHERE r.outcome = 'up' AND a.realm_id = $2 AND a.until_run IS NULL
      AND a.grade = 'measured' AND a.method <> 'trace'
      AND NOT EXISTS (
          SELECT FROM stage_identity i WHERE i.batch = $3 AND i.address = a.address)
      AND EXISTS (
          SELECT FROM stage_identity i
          WHERE i.batch = $3 AND i.asset_id = a.asset_id AND i.up
            AND family(i.address) = family(a.address))
      AND o.seen_from & $4 <> 0 AND ($4 = 1 OR o.seen_from & 1 = 0)
      AND EXISTS (
          SELECT FROM coverage v
          WHERE v.run_id = $1 AND v.method <> 'listening' AND a.address <<= v.cidr)
      AND NOT EXISTS (
          SELECT FROM authorisation_cidr x
          JOIN authorisation g USING (authorisation_id)
          WHERE g.realm_id = $2 AND x.excluded AND g.revoked IS NULL AND a.address <<= x.cidr
            AND g.valid_until > (SELECT started FROM run WHERE run_id = $1))) gone
WHERE t.asset_id = gone.asset_id AND t.address = gone.address AND t.until_run IS NULL
