-- SPDX-License-Identifier: Apache-2.0
-- Adds the addresses that an asset has now.
-- $1::int8 : run
-- $2::int4 : realm
INSERT INTO address (asset_id, address, realm_id, mac, grade, method, reason, from_run)
SELECT t.asset_id, t.address, $2, coalesce(t.mac, o.mac),
       CASE WHEN t.method <> 'import' AND (t.up OR t.method = 'trace') THEN 'measured'
            ELSE 'claimed' END,
       t.method, coalesce(o.reason, t.reason), $1
FROM address_told t
LEFT JOIN address o ON o.asset_id = t.asset_id AND o.address = t.address AND o.until_run = $1
ORDER BY t.asset_id, t.address
