-- SPDX-License-Identifier: Apache-2.0
-- An address that was only heard shows no key by its MAC, which may be a router's. It does if a station was
-- met by that MAC without an address, and it is the only address of IPv4 there, in this bundle and of those
-- that are known: the station has one now.
-- $1::int8 : batch
-- $2::int4 : realm
WITH station AS MATERIALIZED (
    SELECT k.value::macaddr AS mac
    FROM (SELECT asset_id, value FROM identity_key
          WHERE type = 'station' AND realm_id = $2 AND until_run IS NULL) o
    JOIN identity_key k USING (asset_id, value)
    WHERE k.type = 'mac' AND k.realm_id = $2 AND k.until_run IS NULL AND NOT k.shared
    UNION
    SELECT s.value::macaddr FROM identity_station n
    JOIN stage_statement s ON s.batch = $1 AND s.kind = 'key' AND s.address = n.address
        AND s.attribute = 'mac'
), heard AS (
    SELECT e.address, e.mac, e.method,
           count(*) FILTER (WHERE family(e.address) = 4) OVER (PARTITION BY e.mac) AS others
    FROM identity_met e
    JOIN station USING (mac)
    WHERE NOT place_is_mac(e.address)
), alone AS MATERIALIZED (
    SELECT h.address, h.mac, h.method
    FROM heard h
    WHERE h.others <= 1 AND h.method = 'listening'
      AND NOT EXISTS (
          SELECT FROM stage_statement s
          WHERE s.batch = $1 AND s.kind = 'key' AND s.address = h.address AND s.attribute = 'mac'
            AND s.value = h.mac::text)
), taken AS MATERIALIZED ( -- addresses are read once, and only if there is such a one
    SELECT a.mac, min(a.address) AS lowest, max(a.address) AS highest
    FROM address a
    WHERE EXISTS (SELECT FROM alone) AND coalesce(a.mac IN (SELECT mac FROM alone), false)
      AND a.realm_id = $2 AND a.until_run IS NULL AND family(a.address) = 4
    GROUP BY a.mac
)
INSERT INTO stage_statement
	(batch, kind, address, subject, attribute, value, source, grade, method, number)
SELECT $1, 'key', h.address, '', 'mac', h.mac::text, h.method, 'measured', h.method, 0
FROM alone h
LEFT JOIN taken t USING (mac)
WHERE t.mac IS NULL OR family(h.address) = 6 OR (t.lowest = h.address AND t.highest = h.address)
