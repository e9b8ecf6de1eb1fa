-- SPDX-License-Identifier: Apache-2.0
-- What persons decided and nobody took back, of the assets as they are now: pairs that are one, and
-- pairs that are two. Who takes a person's decision back leaves none in its place.
-- $1::int4 : realm
SELECT d.kind = 'merge', coalesce(a.merged_into, a.asset_id), coalesce(o.merged_into, o.asset_id)
FROM asset_decision d
JOIN asset a ON a.asset_id = d.asset_id
JOIN asset o ON o.asset_id = d.other_asset_id
LEFT JOIN asset_decision u ON u.decision_id = d.undoes
WHERE d.realm_id = $1 AND d.verdict = 'manual' AND d.undone IS NULL
  AND d.kind IN ('merge', 'split') AND u.verdict IS DISTINCT FROM 'manual'
ORDER BY d.decision_id
