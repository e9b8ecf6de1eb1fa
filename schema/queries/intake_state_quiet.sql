-- SPDX-License-Identifier: Apache-2.0
-- Assets that have gone quiet, or have no address left.
-- $1::int8 : run
-- $2::int4 : realm
INSERT INTO fact
	(asset_id, subject, attribute, source, value, realm_id, grade, method, from_run)
SELECT o.asset_id, '', 'state', 'intake', 'quiet', $2, 'derived', 'coverage', $1
FROM asset o
WHERE o.realm_id = $2 AND o.state = 'seen' AND o.merged_into IS NULL
  AND (EXISTS (
           SELECT FROM run_met r
           WHERE r.asset_id = o.asset_id AND r.outcome = 'quiet')
       OR NOT EXISTS (
           SELECT FROM address a WHERE a.asset_id = o.asset_id AND a.until_run IS NULL)
       AND NOT EXISTS (
           SELECT FROM identity_key k
           WHERE k.asset_id = o.asset_id AND k.type = 'station' AND k.until_run IS NULL))
  AND NOT EXISTS (
      SELECT FROM fact f
      WHERE f.asset_id = o.asset_id AND f.subject = '' AND f.attribute = 'state'
        AND f.source = 'intake' AND f.until_run IS NULL)
ORDER BY o.asset_id
