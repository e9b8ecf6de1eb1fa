-- SPDX-License-Identifier: Apache-2.0
-- How many addresses the assets concerned have, and whether they are retired.
SELECT o.asset_id, count(a.address), o.state = 'retired'
FROM identity_concerned
JOIN asset o USING (asset_id)
LEFT JOIN address a ON a.asset_id = o.asset_id AND a.until_run IS NULL
GROUP BY o.asset_id, o.state
ORDER BY o.asset_id
