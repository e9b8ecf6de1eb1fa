-- SPDX-License-Identifier: Apache-2.0
-- Facts of merged assets end there and go on at the asset that remains.
-- What the run states anew is written by the steps that file it.
-- $1::int8 : batch
-- $2::int8 : run
WITH moved AS (
    UPDATE fact t
    SET until_run = $2
    FROM stage_merge m
    WHERE m.batch = $1 AND t.asset_id = m.asset_id AND t.until_run IS NULL
    RETURNING m.into_id, t.*
)
INSERT INTO fact
	(asset_id, subject, attribute, source, value, realm_id, grade, method, evidence, from_run)
SELECT into_id, subject, attribute, source, value, realm_id, grade, method, evidence, $2
FROM moved
WHERE NOT EXISTS (
      SELECT FROM stage_statement s
      WHERE s.batch = $1 AND s.kind = 'fact' AND s.subject = moved.subject
        AND s.attribute = moved.attribute AND s.source = moved.source)
ON CONFLICT DO NOTHING
