-- SPDX-License-Identifier: Apache-2.0
-- Assets that were looked for and did not answer, from where they answered before. What answers
-- from inside is not quiet for being unseen from the Internet; what never answered and was only
-- heard of is not quiet for not answering.
-- $1::int8 : run
-- $2::int4 : realm
-- $3::int4 : bit of the vantage
INSERT INTO run_met (asset_id, outcome)
SELECT DISTINCT a.asset_id, 'quiet'
FROM address a
JOIN asset o USING (asset_id)
WHERE a.realm_id = $2 AND a.until_run IS NULL
  AND o.seen_from & $3 <> 0 AND ($3 = 1 OR o.seen_from & 1 = 0)
      AND NOT EXISTS (
          SELECT FROM run_met r WHERE r.asset_id = a.asset_id)
      AND EXISTS (
          SELECT FROM coverage v
          WHERE v.run_id = $1 AND v.method <> 'listening' AND a.address <<= v.cidr)
      AND NOT EXISTS (
          SELECT FROM authorisation_cidr x
          JOIN authorisation g USING (authorisation_id)
          WHERE g.realm_id = $2 AND x.excluded AND g.revoked IS NULL AND a.address <<= x.cidr
            AND g.valid_until > (SELECT started FROM run WHERE run_id = $1))
