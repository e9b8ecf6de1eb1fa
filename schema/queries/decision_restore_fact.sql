-- SPDX-License-Identifier: Apache-2.0
-- Gives an asset that is itself again its statements back: what the other had only from it moves
-- as it is now, what both had is written anew as it was, what ended since stays ended.
-- $1::int8 : the asset that is itself again
-- $2::int8 : the asset that it was merged into
-- $3::int8 : run of the merge
-- $4::int8 : run of the decision
WITH own AS (
    SELECT t.*,
           EXISTS (
               SELECT FROM fact b
               WHERE b.asset_id = $2 AND b.subject = t.subject AND b.attribute = t.attribute AND b.source = t.source
                 AND b.from_run < $3 AND (b.until_run IS NULL OR b.until_run >= $3)) AS had
    FROM fact t
    WHERE t.asset_id = $1 AND t.until_run = $3
      AND NOT (t.subject = '' AND t.attribute = 'state')
), closed AS (
    UPDATE fact b
    SET until_run = $4
    FROM own k
    WHERE NOT k.had AND b.asset_id = $2
      AND b.subject = k.subject AND b.attribute = k.attribute AND b.source = k.source
      AND b.until_run IS NULL
    RETURNING b.*
)
INSERT INTO fact
	(asset_id, subject, attribute, source, value, realm_id, grade, method, evidence, from_run)
SELECT $1, subject, attribute, source, value, realm_id, grade, method, evidence, $4
FROM closed
UNION ALL
SELECT $1, subject, attribute, source, value, realm_id, grade, method, evidence, $4
FROM own
WHERE had
ON CONFLICT DO NOTHING
