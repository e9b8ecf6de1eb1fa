-- SPDX-License-Identifier: Apache-2.0
-- Addresses that answer and say nothing, many of one MAC or in one network, and their open ports.
-- $1::int8 : batch
WITH met AS (
    SELECT address, mac,
           network(set_masklen(address, CASE family(address) WHEN 4 THEN 24 ELSE 64 END)) AS net
    FROM identity_met
    WHERE up AND NOT spoke AND NOT place_is_mac(address)
), counted AS (
    SELECT address, mac IS NOT NULL AND count(*) OVER (PARTITION BY mac) > 16
           OR count(*) OVER (PARTITION BY net) >= 200 AS dense
    FROM met
)
SELECT c.address,
       coalesce(string_agg(DISTINCT lpad(s.transport::text, 3, '0') || '/'
                           || lpad(s.port::text, 5, '0'), ' '), '')
FROM counted c
LEFT JOIN (SELECT address, transport, port FROM stage_service WHERE batch = $1
           UNION ALL
           SELECT address, transport, port FROM stage_port WHERE batch = $1) s
    ON s.address = c.address
WHERE c.dense
GROUP BY c.address
ORDER BY c.address
