-- SPDX-License-Identifier: Apache-2.0
-- Decisions, the oldest first; proposals and contradictions are matters of the review.
-- $1::int8 : only on this asset or its aliases; NULL: any
-- $2::text : only of this realm; NULL: any
SELECT d.decision_id, (extract(epoch FROM d.decided) * 1000000)::int8, d.kind, d.asset_id,
       coalesce(a.name, ''), coalesce(d.other_asset_id, 0), coalesce(o.name, ''), d.verdict,
       d.author, d.reason, d.keys, coalesce(d.run_id, 0), coalesce(d.undoes, 0),
       coalesce((extract(epoch FROM d.undone) * 1000000)::int8, 0), d.undone_by,
       d.undone_reason, r.name
FROM asset_decision d
JOIN realm r USING (realm_id)
LEFT JOIN asset a ON a.asset_id = d.asset_id
LEFT JOIN asset o ON o.asset_id = d.other_asset_id
WHERE d.kind IN ('merge', 'split', 'retire', 'revive')
  AND ($1 IS NULL OR $1 IN (a.asset_id, a.merged_into, o.asset_id, o.merged_into))
  AND ($2 IS NULL OR r.name = $2)
ORDER BY d.decision_id
