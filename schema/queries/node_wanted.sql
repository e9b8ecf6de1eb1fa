-- SPDX-License-Identifier: Apache-2.0
-- Addresses of which the decision asks what answered: those that say nothing and are many in one
-- network or of one MAC, and those that do not show a key which they showed before.
-- $1::int8 : batch
WITH met AS (
    SELECT address, min(mac::text)::macaddr AS mac,
           network(set_masklen(address, CASE family(address) WHEN 4 THEN 24 ELSE 64 END)) AS net
    FROM stage_endpoint e
    WHERE batch = $1 AND NOT spoke AND NOT place_is_mac(address)
      AND NOT EXISTS (SELECT FROM stage_endpoint s
                      WHERE s.batch = $1 AND s.address = e.address AND s.spoke)
    GROUP BY address
    HAVING bool_or(up)
), counted AS (
    SELECT address, mac IS NOT NULL AND count(*) OVER (PARTITION BY mac) > 16
           OR count(*) OVER (PARTITION BY net) >= 200 AS dense
    FROM met
), lacking AS (
    SELECT g.address
    FROM key_sighting g
    WHERE NOT EXISTS (
        SELECT FROM stage_statement t
        WHERE t.batch = $1 AND t.kind = 'key' AND t.address = g.address AND t.attribute = g.type)
      AND EXISTS (SELECT FROM stage_endpoint e
                  WHERE e.batch = $1 AND e.address = g.address AND e.up)
)
INSERT INTO stage_wanted (batch, address)
SELECT $1, address FROM counted WHERE dense
UNION
SELECT $1, address FROM lacking
