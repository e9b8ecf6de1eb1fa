-- SPDX-License-Identifier: Apache-2.0
-- Stages the addresses of assets that have a key in common with another one, and of those of several
-- addresses that showed a key which is shared: all that could be one, or more than one. The MAC of a station
-- without an address stands for one (adr/0016).
-- $1::int8 : batch
-- $2::int4 : realm
WITH held AS (
    SELECT k.asset_id, count(*) OVER (PARTITION BY k.type, k.value) AS n, k.shared
    FROM identity_key k
    WHERE k.realm_id = $2 AND k.until_run IS NULL AND k.strength <> 'weak'
), station AS MATERIALIZED (
    SELECT k.asset_id, k.value::macaddr AS mac
    FROM identity_key k
    WHERE k.type = 'station' AND k.realm_id = $2 AND k.until_run IS NULL
), concerned AS (
    SELECT asset_id FROM held WHERE n > 1 AND NOT shared
    UNION
    SELECT p.asset_id
    FROM (
        SELECT h.asset_id, a.address::text AS place
        FROM held h
        JOIN address a USING (asset_id)
        WHERE h.shared AND a.until_run IS NULL
        UNION
        SELECT h.asset_id, s.mac::text
        FROM held h
        JOIN station s USING (asset_id)
        WHERE h.shared) p
    GROUP BY p.asset_id
    HAVING count(*) > 1
)
INSERT INTO stage_endpoint (batch, address, mac, up, makes, method)
SELECT $1, a.address, a.mac, false, false, 'spoken'
FROM concerned
JOIN address a USING (asset_id)
WHERE a.until_run IS NULL
UNION ALL
SELECT $1, inet '100::' + ('x' || translate(s.mac::text, ':', ''))::bit(48)::int8, s.mac, false, false,
       'spoken'
FROM concerned
JOIN station s USING (asset_id)
