-- SPDX-License-Identifier: Apache-2.0
-- What a run decided on identity.
-- $1::int8 : run
SELECT d.decision_id, d.kind, d.asset_id, a.name, coalesce(d.other_asset_id, 0),
       coalesce(o.name, ''), d.keys, d.score::int4, d.reason
FROM asset_decision d
JOIN asset a ON a.asset_id = d.asset_id
LEFT JOIN asset o ON o.asset_id = d.other_asset_id
WHERE d.run_id = $1
ORDER BY d.decision_id
