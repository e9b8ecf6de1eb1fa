-- SPDX-License-Identifier: Apache-2.0
-- The stations of the batch that have no address, and whose they are: the asset's that was met by that MAC
-- alone, else the one asset's that has an address there, if the MAC is one by which things are known.
-- $1::int8 : batch
-- $2::int4 : realm
CREATE TEMPORARY TABLE identity_station ON COMMIT DROP AS
WITH met AS MATERIALIZED (
    SELECT address, place_text(address) AS mac FROM identity_met WHERE place_is_mac(address)
), named AS MATERIALIZED (
    SELECT m.mac::macaddr AS mac
    FROM met m
    JOIN stage_statement s ON s.batch = $1 AND s.kind = 'key' AND s.address = m.address
        AND s.attribute = 'mac'
)
SELECT m.address, coalesce(
           (SELECT min(k.asset_id) FROM identity_key k
            WHERE hashtextextended(k.value, 0) = hashtextextended(m.mac, 0) AND k.value = m.mac
              AND k.type = 'station' AND k.realm_id = $2 AND k.until_run IS NULL),
           h.asset_id) AS asset_id
FROM met m
LEFT JOIN (
    SELECT a.mac, min(a.asset_id) AS asset_id
    FROM address a
    WHERE a.mac IN (SELECT mac FROM named) AND a.realm_id = $2 AND a.until_run IS NULL
    GROUP BY a.mac
    HAVING count(DISTINCT a.asset_id) = 1) h ON h.mac = m.mac::macaddr
