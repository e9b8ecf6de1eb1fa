-- SPDX-License-Identifier: Apache-2.0
-- Keys that an address showed before and does not now, whose service was asked for and is not there;
-- and whether addresses of its network have gone from asset to asset.
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
                   AND s.until_run IS NULL))
FROM (SELECT DISTINCT address FROM stage_endpoint WHERE batch = $1 AND up) e
JOIN address a ON a.address = e.address AND a.realm_id = $2 AND a.until_run IS NULL
JOIN key_sighting g ON g.asset_id = a.asset_id AND g.address = a.address
    AND g.until_run IS NULL
WHERE NOT EXISTS (
      SELECT FROM stage_statement s
      WHERE s.batch = $1 AND s.kind = 'key' AND s.address = g.address AND s.attribute = g.type)
  AND EXISTS (
      SELECT FROM service s
      WHERE s.asset_id = g.asset_id AND s.address = g.address AND s.protocol = g.source
        AND s.until_run IS NULL)
  AND NOT EXISTS (
      SELECT FROM service s
      WHERE s.asset_id = g.asset_id AND s.address = g.address AND s.protocol = g.source
        AND s.until_run IS NULL
        AND (EXISTS (
                SELECT FROM stage_service n
                WHERE n.batch = $1 AND n.address = s.address AND n.transport = s.transport
                  AND n.port = s.port)
             OR NOT EXISTS (
                SELECT FROM stage_coverage c
                WHERE c.batch = $1 AND c.method <> 'listening' AND s.address <<= c.cidr
                  AND c.transport = s.transport AND c.ports::int4multirange @> s.port)))
ORDER BY g.address, g.type, g.value
