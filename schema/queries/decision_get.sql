-- SPDX-License-Identifier: Apache-2.0
-- One decision.
-- $1::int8 : decision
SELECT d.decision_id, d.realm_id, d.kind, d.asset_id, d.other_asset_id, d.run_id, d.verdict,
       d.undone IS NOT NULL, d.undone_by, d.undone_reason, d.undoes,
       coalesce(u.verdict, '') = 'manual'
FROM asset_decision d
LEFT JOIN asset_decision u ON u.decision_id = d.undoes
WHERE d.decision_id = $1
