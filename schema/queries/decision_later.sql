-- SPDX-License-Identifier: Apache-2.0
-- Merges in force that were decided after another one and touch what it touched, the newest first: of
-- the same assets, and, if so asked, of their neighbours. One that only took back a split made
-- meanwhile is not on top.
-- $1::int8 : the decision
-- $2::bool : neighbours too
WITH RECURSIVE later AS (
    SELECT e.*
    FROM asset_decision d
    JOIN asset_decision e ON e.realm_id = d.realm_id AND e.decision_id > d.decision_id
    WHERE d.decision_id = $1 AND e.kind = 'merge' AND e.undone IS NULL
      AND e.run_id IS NOT NULL
      AND NOT EXISTS (
          SELECT FROM asset_decision s
          WHERE s.decision_id = e.undoes AND s.decision_id > d.decision_id AND s.undoes IS NULL)
), touched (asset_id) AS (
    SELECT w.asset_id
    FROM asset_decision d
    CROSS JOIN LATERAL (VALUES (d.asset_id), (d.other_asset_id)) AS w (asset_id)
    WHERE d.decision_id = $1
    UNION
    SELECT w.asset_id
    FROM touched t
    JOIN later e ON t.asset_id IN (e.asset_id, e.other_asset_id)
        OR ($2 AND EXISTS (
            SELECT FROM link l
            WHERE l.asset_id = t.asset_id AND l.until_run IS NULL
              AND l.peer_asset_id IN (e.asset_id, e.other_asset_id)))
        OR ($2 AND EXISTS (
            SELECT FROM link l
            WHERE l.peer_asset_id = t.asset_id AND l.until_run IS NULL
              AND l.asset_id IN (e.asset_id, e.other_asset_id)))
    CROSS JOIN LATERAL (VALUES (e.asset_id), (e.other_asset_id)) AS w (asset_id)
)
SELECT decision_id, asset_id, other_asset_id, run_id, verdict, author, reason, keys
FROM later e
WHERE EXISTS (SELECT FROM touched t WHERE t.asset_id IN (e.asset_id, e.other_asset_id))
ORDER BY decision_id DESC
