-- SPDX-License-Identifier: Apache-2.0
-- Writes down what the program decided. What is open already, and what a person answered, is not
-- said again.
-- $1::int8 : batch
-- $2::int8 : run
-- $3::int4 : realm
INSERT INTO asset_decision
	(realm_id, kind, asset_id, other_asset_id, run_id, verdict, author, reason, keys, score)
SELECT DISTINCT ON (s.kind, least(s.asset_id, s.other_asset_id),
                    greatest(s.asset_id, s.other_asset_id))
       $3, s.kind, s.asset_id, s.other_asset_id, $2, 'auto', 'program', s.reason, s.keys,
       s.score
FROM stage_decision s
WHERE s.batch = $1
  AND NOT EXISTS (
      SELECT FROM asset_decision d
      WHERE s.kind IN ('proposal', 'conflict') AND d.asset_id IN (s.asset_id, s.other_asset_id)
        AND coalesce(d.other_asset_id, d.asset_id)
            IN (s.asset_id, coalesce(s.other_asset_id, s.asset_id))
        AND (d.other_asset_id IS NULL) = (s.other_asset_id IS NULL)
        AND ((d.kind = s.kind AND (d.undone IS NULL OR d.undone_by <> 'program'))
             OR (d.kind = 'split' AND d.verdict = 'manual' AND d.undone IS NULL)))
ORDER BY s.kind, least(s.asset_id, s.other_asset_id), greatest(s.asset_id, s.other_asset_id),
         s.score DESC, s.keys, s.reason
