-- SPDX-License-Identifier: Apache-2.0
-- Gives an asset that is itself again its statements back: what the other had only from it moves
-- as it is now, what both had is written anew as it was, what ended since stays ended.
-- $1::int8 : the asset that is itself again
-- $2::int8 : the asset that has what was its
-- $3::int8 : run of the merge
-- $4::int8 : the asset that it was merged into then; the first may be an alias by now
-- $5::int8 : run of the decision
WITH RECURSIVE path (asset_id, run_id) AS (
    SELECT $4::int8, $3::int8
    UNION
    SELECT d.other_asset_id, d.run_id
    FROM path
    JOIN asset_decision d ON d.asset_id = path.asset_id AND d.kind = 'merge' AND d.undone IS NULL
), own AS (
    SELECT t.*,
           EXISTS (
               SELECT FROM path
               JOIN fact b ON b.asset_id = path.asset_id AND b.subject = t.subject AND b.attribute = t.attribute AND b.source = t.source
               WHERE b.from_run < path.run_id
                 AND (b.until_run IS NULL OR b.until_run >= path.run_id)
                 AND NOT EXISTS (
                     SELECT FROM asset_decision d
                     WHERE d.kind = 'merge' AND d.other_asset_id = b.asset_id AND d.undone IS NOT NULL
                       AND d.run_id = b.from_run)) AS had
    FROM fact t
    WHERE t.asset_id = $1 AND t.until_run = $3
      AND NOT (t.subject = '' AND t.attribute = 'state')
      AND NOT EXISTS (
          SELECT FROM asset_decision d
          WHERE d.kind = 'merge' AND d.other_asset_id = t.asset_id AND d.undone IS NOT NULL
            AND d.run_id = t.from_run)
), closed AS (
    UPDATE fact b
    SET until_run = $5
    FROM own k
    WHERE NOT k.had AND b.asset_id = $2
      AND b.subject = k.subject AND b.attribute = k.attribute AND b.source = k.source
      AND b.until_run IS NULL
    RETURNING b.*
)
INSERT INTO fact
	(asset_id, subject, attribute, source, value, realm_id, grade, method, evidence, from_run)
SELECT $1, subject, attribute, source, value, realm_id, grade, method, evidence, $5
FROM closed
UNION ALL
SELECT $1, subject, attribute, source, value, realm_id, grade, method, evidence, $5
FROM own
WHERE had
ON CONFLICT DO NOTHING
