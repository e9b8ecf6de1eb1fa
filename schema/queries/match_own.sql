-- SPDX-License-Identifier: Apache-2.0
-- Whose that is which is compared: the asset's that has the address, or was met at the MAC.
-- $1::int8 : batch
-- $2::int4 : realm
CREATE TEMPORARY TABLE match_own ON COMMIT DROP AS
SELECT e.address, a.asset_id
FROM stage_endpoint e
JOIN address a ON a.address = e.address AND a.realm_id = $2 AND a.until_run IS NULL
WHERE e.batch = $1
UNION ALL
SELECT e.address, k.asset_id
FROM (SELECT address, place_text(address) AS mac FROM stage_endpoint
      WHERE batch = $1 AND place_is_mac(address)) e
JOIN identity_key k ON hashtextextended(k.value, 0) = hashtextextended(e.mac, 0) AND k.value = e.mac
    AND k.type = 'station' AND k.realm_id = $2 AND k.until_run IS NULL
