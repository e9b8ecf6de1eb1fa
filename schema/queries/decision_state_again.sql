-- SPDX-License-Identifier: Apache-2.0
-- Whether two assets that are two again are quiet: as before they were merged, unless what was one
-- was met since; if that went quiet since, both are.
-- $1::int8 : the asset that is itself again
-- $2::int8 : the asset that has what was its
-- $3::int8 : run of the merge
-- $4::int8 : run of the decision
WITH was AS (
    SELECT f.*
    FROM fact f
    WHERE f.asset_id IN ($1, $2) AND f.subject = '' AND f.attribute = 'state'
      AND f.source = 'intake' AND f.until_run = $3 AND f.from_run < $3
      AND NOT EXISTS (
          SELECT FROM asset_met r
          WHERE r.asset_id = $2 AND r.run_id >= $3 AND r.outcome <> 'quiet')
    UNION ALL
    SELECT f.*
    FROM fact f
    WHERE f.asset_id = $2 AND f.subject = '' AND f.attribute = 'state'
      AND f.source = 'intake' AND f.until_run IS NULL AND f.from_run > $3
)
INSERT INTO fact
	(asset_id, subject, attribute, source, value, realm_id, grade, method, evidence, from_run)
SELECT DISTINCT ON (w.asset_id)
       w.asset_id, subject, attribute, source, value, realm_id, grade, method, evidence, $4
FROM (SELECT CASE WHEN was.until_run IS NULL THEN $1 ELSE was.asset_id END AS asset_id,
             subject, attribute, source, value, realm_id, grade, method, evidence
      FROM was) AS w
ORDER BY w.asset_id
ON CONFLICT DO NOTHING
