-- SPDX-License-Identifier: Apache-2.0
-- What belongs to an address that leaves an asset ends there and goes on at the other asset.
-- What the run states anew is written by the steps that file it.
-- $1::int8 : batch
-- $2::int8 : run
WITH left_it AS (
    UPDATE fact t
    SET until_run = $2
    FROM stage_split m
    WHERE m.batch = $1 AND t.asset_id = m.asset_id
      AND split_part(t.subject, ' ', 1) = place_text(m.address) AND t.until_run IS NULL
    RETURNING m.into_id, m.reason AS why, t.*
)
INSERT INTO fact
	(asset_id, subject, attribute, source, value, realm_id, grade, method, evidence, from_run)
SELECT into_id, subject, attribute, source, value, realm_id, grade, method, evidence, $2
FROM left_it
WHERE NOT EXISTS (
      SELECT FROM stage_statement s
      WHERE s.batch = $1 AND s.kind = 'fact' AND s.subject = left_it.subject
        AND s.attribute = left_it.attribute AND s.source = left_it.source)
ON CONFLICT DO NOTHING
