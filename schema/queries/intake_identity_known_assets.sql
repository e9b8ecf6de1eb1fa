-- SPDX-License-Identifier: Apache-2.0
-- How many addresses the assets concerned have, and whether they are retired: of those that are not
-- as most are, which have one address, that was met, and are not.
SELECT c.asset_id, c.addresses, o.asset_id IS NOT NULL
FROM identity_concerned c
LEFT JOIN asset o ON o.asset_id = c.asset_id AND o.state = 'retired'
WHERE c.addresses <> 1 OR c.met = 0 OR o.asset_id IS NOT NULL
ORDER BY c.asset_id
