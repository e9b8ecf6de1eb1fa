-- SPDX-License-Identifier: Apache-2.0
-- How many addresses the assets concerned have, and whether they are retired.
SELECT c.asset_id, c.addresses, o.state = 'retired'
FROM identity_concerned c
JOIN asset o USING (asset_id)
ORDER BY c.asset_id
