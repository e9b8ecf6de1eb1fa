-- SPDX-License-Identifier: Apache-2.0
-- Moves the links that were told of at addresses which leave an asset: they end there and go on at the new
-- one. A link of which no address is known, or which is of the whole asset, goes with the addresses of
-- its peer's network if all that share one leave; else it stays.
-- $1::int8 : from this asset
-- $2::int8 : to this one
-- $3::int8 : run of the decision
-- $4::text : addresses that leave, with spaces between
WITH leaves AS (
    SELECT a::inet AS address FROM unnest(string_to_array($4, ' ')) a
), stays AS (
    SELECT address FROM address
    WHERE asset_id = $1 AND until_run IS NULL AND address NOT IN (SELECT address FROM leaves)
), concerned AS (
    SELECT asset_id, layer, peer_asset_id, peer_address, source,
           CASE asset_id WHEN $1 THEN own_end ELSE peer_end END AS my_end,
           CASE asset_id WHEN $1 THEN peer_asset_id ELSE asset_id END AS peer
    FROM link
    WHERE (asset_id = $1 OR peer_asset_id = $1) AND until_run IS NULL AND source <> 'hop'
), network AS (
    SELECT DISTINCT c.peer, c.peer_address,
           network(set_masklen(p.address, CASE family(p.address) WHEN 4 THEN 24 ELSE 64 END)) AS net
    FROM concerned c
    CROSS JOIN LATERAL (
        SELECT c.peer_address AS address WHERE c.peer = 0
        UNION ALL
        SELECT a.address FROM address a WHERE a.asset_id = c.peer AND a.until_run IS NULL) p
    WHERE c.my_end IS NULL
), moving AS (
    SELECT c.* FROM concerned c
    WHERE c.my_end IN (SELECT address FROM leaves)
       OR (c.my_end IS NULL
           AND EXISTS (SELECT FROM network n JOIN leaves v ON v.address <<= n.net
                       WHERE n.peer = c.peer AND n.peer_address = c.peer_address)
           AND NOT EXISTS (SELECT FROM network n JOIN stays v ON v.address <<= n.net
                           WHERE n.peer = c.peer AND n.peer_address = c.peer_address))
), ends AS (
    UPDATE link l
    SET until_run = $3
    FROM moving m
    WHERE l.asset_id = m.asset_id AND l.layer = m.layer AND l.peer_asset_id = m.peer_asset_id
      AND l.peer_address = m.peer_address AND l.source = m.source AND l.until_run IS NULL
    RETURNING CASE l.asset_id WHEN $1 THEN $2 ELSE l.asset_id END AS one,
              CASE l.asset_id WHEN $1 THEN l.peer_asset_id ELSE $2 END AS two, l.*
)
INSERT INTO link
	(asset_id, layer, peer_asset_id, peer_address, source, realm_id, grade, method, detail,
	 evidence, own_end, peer_end, from_run)
SELECT CASE WHEN as_told THEN one ELSE two END, layer,
       CASE WHEN as_told THEN two ELSE one END, peer_address,
       source, realm_id, grade, method, detail, evidence,
       CASE WHEN as_told THEN own_end ELSE peer_end END,
       CASE WHEN as_told THEN peer_end ELSE own_end END, $3
FROM ends
CROSS JOIN LATERAL (SELECT layer = 'flow' OR two = 0 OR one < two AS as_told) AS o
WHERE one <> two
ON CONFLICT DO NOTHING
