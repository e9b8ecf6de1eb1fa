-- SPDX-License-Identifier: Apache-2.0
-- Keys that an address showed before and does not now, though all services of the protocol were asked
-- for; whether addresses of its network have gone from asset to asset; and whether the service is gone
-- or is there and said nothing.
-- $1::int8 : batch
-- $2::int4 : realm
SELECT g.address, g.type, g.value,
       EXISTS (
           SELECT FROM address o
           WHERE o.until_run IS NOT NULL AND o.realm_id = $2
             AND o.address <<= network(set_masklen(g.address,
                 CASE family(g.address) WHEN 4 THEN 24 ELSE 64 END))::inet
             AND NOT EXISTS (
                 SELECT FROM address s
                 WHERE s.asset_id = o.asset_id AND s.address = o.address
                   AND s.until_run IS NULL)),
       s.gone
FROM (SELECT address FROM identity_met WHERE up) e
JOIN address a ON a.address = e.address AND a.realm_id = $2 AND a.until_run IS NULL
JOIN key_sighting g ON g.asset_id = a.asset_id AND g.address = a.address
    AND g.until_run IS NULL
JOIN LATERAL (
    SELECT count(*) AS n,
           bool_and(EXISTS (
               SELECT FROM stage_coverage c
               WHERE c.batch = $1 AND c.method <> 'listening' AND s.address <<= c.cidr
                 AND c.transport = s.transport AND c.ports::int4multirange @> s.port)) AS asked,
           bool_and(NOT EXISTS (
               SELECT FROM stage_service n
               WHERE n.batch = $1 AND n.address = s.address AND n.transport = s.transport
                 AND n.port = s.port)
               AND NOT EXISTS (
               SELECT FROM stage_port n
               WHERE n.batch = $1 AND n.address = s.address AND n.transport = s.transport
                 AND n.port = s.port)) AS gone
    FROM service s
    WHERE s.asset_id = g.asset_id AND s.address = g.address AND s.protocol = g.source
      AND s.until_run IS NULL) s ON s.n > 0 AND s.asked
WHERE NOT EXISTS (
    SELECT FROM stage_statement t
    WHERE t.batch = $1 AND t.kind = 'key' AND t.address = g.address AND t.attribute = g.type)
ORDER BY g.address, g.type, g.value
