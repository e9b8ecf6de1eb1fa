-- SPDX-License-Identifier: Apache-2.0
-- Identity keys that an asset lost to one which is itself again, but that another one which was
-- merged into it had as well: they go on as that one's.
-- $1::int8 : the asset that is itself again
-- $2::int8 : the asset that had what was its
-- $3::int8 : run of the decision
INSERT INTO identity_key
	(asset_id, type, value, realm_id, strength, shared, verdict, reason, method, evidence, from_run)
SELECT $2, t.type, t.value, t.realm_id, t.strength, t.shared, t.verdict, t.reason, t.method, t.evidence, $3
FROM asset o
JOIN identity_key t ON t.asset_id = o.asset_id AND t.until_run = o.merge_run
JOIN identity_key b ON b.asset_id = $2 AND b.until_run = $3
    AND b.type = t.type AND b.value = t.value
WHERE o.merged_into = $2 AND o.asset_id <> $1
      AND NOT EXISTS (
          SELECT FROM asset_decision d
          WHERE d.kind = 'merge' AND d.other_asset_id = t.asset_id AND d.undone IS NOT NULL
            AND d.run_id = t.from_run)
ORDER BY o.merge_run, o.asset_id
ON CONFLICT DO NOTHING
