-- SPDX-License-Identifier: Apache-2.0
-- Addresses of the assets concerned for which somebody answers, as the register has it.
SELECT a.address
FROM identity_concerned
JOIN fact f USING (asset_id)
JOIN address a ON a.asset_id = f.asset_id AND host(a.address) = f.subject AND a.until_run IS NULL
WHERE f.attribute = 'address.proxied' AND f.source = 'identity' AND f.until_run IS NULL
ORDER BY a.address
