-- SPDX-License-Identifier: Apache-2.0
-- The newest later decision that has to be undone before an older one can be. For a merge: what split
-- off something that the merge had brought and still has it.
-- $1::int8 : the older decision
SELECT e.decision_id, e.kind, e.asset_id, e.other_asset_id
FROM asset_decision d
JOIN asset_decision e ON e.decision_id > d.decision_id AND e.undone IS NULL
LEFT JOIN asset o ON o.asset_id = d.other_asset_id
LEFT JOIN asset p ON p.asset_id = e.other_asset_id
WHERE d.decision_id = $1
  AND CASE d.kind
      WHEN 'merge' THEN
          (e.kind = 'retire' AND e.asset_id = coalesce(o.merged_into, o.asset_id))
          OR (e.kind = 'split' AND e.run_id IS NOT NULL
              AND coalesce(p.merged_into, p.asset_id) <> coalesce(o.merged_into, o.asset_id)
              AND (EXISTS (SELECT FROM address t
                           JOIN address a ON a.asset_id = d.asset_id AND a.address = t.address
                               AND a.until_run = d.run_id
                           JOIN address c ON c.address = t.address
                               AND c.realm_id = t.realm_id AND c.until_run IS NULL
                               AND c.asset_id = coalesce(p.merged_into, p.asset_id)
                           WHERE t.asset_id = e.other_asset_id AND t.from_run = e.run_id)
                   OR p.first_run = e.run_id
                      AND EXISTS (SELECT FROM identity_key t
                              JOIN identity_key a ON a.asset_id = d.asset_id AND a.type = t.type
                                  AND a.value = t.value AND a.until_run = d.run_id
                              WHERE t.asset_id = e.other_asset_id AND t.from_run = e.run_id
                                AND NOT EXISTS (SELECT FROM identity_key b
                                    WHERE b.asset_id = d.other_asset_id AND b.type = t.type
                                      AND b.value = t.value AND b.from_run < d.run_id))))
      WHEN 'split' THEN
          (e.kind = 'merge' AND e.asset_id IN (d.asset_id, d.other_asset_id))
          OR (e.kind = 'retire' AND e.asset_id IN (d.asset_id, d.other_asset_id))
      ELSE false END
ORDER BY e.decision_id DESC
LIMIT 1
