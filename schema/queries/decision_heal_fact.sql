-- SPDX-License-Identifier: Apache-2.0
-- Statements that an asset lost to one which is itself again, but that another one which was
-- merged into it had as well: they go on as that one's.
-- $1::int8 : the asset that is itself again
-- $2::int8 : the asset that had what was its
-- $3::int8 : run of the decision
INSERT INTO fact
	(asset_id, subject, attribute, source, value, realm_id, grade, method, evidence, from_run)
SELECT $2, t.subject, t.attribute, t.source, t.value, t.realm_id, t.grade, t.method, t.evidence, $3
FROM asset o
JOIN fact t ON t.asset_id = o.asset_id AND t.until_run = o.merge_run
JOIN fact b ON b.asset_id = $2 AND b.until_run = $3
    AND b.subject = t.subject AND b.attribute = t.attribute AND b.source = t.source
WHERE o.merged_into = $2 AND o.asset_id <> $1
      AND NOT EXISTS (
          SELECT FROM asset_decision d
          WHERE d.kind = 'merge' AND d.other_asset_id = t.asset_id AND d.undone IS NOT NULL
            AND d.run_id = t.from_run)
ORDER BY o.merge_run, o.asset_id
ON CONFLICT DO NOTHING
