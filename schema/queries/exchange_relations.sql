-- SPDX-License-Identifier: Apache-2.0
-- How the assets of a list stand to other things of a file, as far as that holds: services,
-- software, neighbours, addresses and system. Neighbours are of the same selection, so that a
-- file names nothing that it does not hold.
-- $1::text : numbers of assets, with commas
-- $2::timestamptz : as of; NULL: now
-- $3::int4 : realm
-- $4::text : only of this system; NULL: any
-- $5::int8 : only this asset; NULL: any
WITH part AS (
    SELECT unnest(string_to_array($1, ',')::int8[]) AS asset_id
), open AS (
    SELECT s.* FROM part JOIN service s USING (asset_id)
    JOIN run f ON f.run_id = s.from_run AND ($2 IS NULL OR f.ended <= $2)
    LEFT JOIN run u ON u.run_id = s.until_run AND ($2 IS NULL OR u.ended <= $2)
    WHERE u.run_id IS NULL
), near AS (
    SELECT DISTINCT l.asset_id, l.layer, l.peer_asset_id FROM part JOIN link l USING (asset_id)
    JOIN run f ON f.run_id = l.from_run AND ($2 IS NULL OR f.ended <= $2)
    LEFT JOIN run u ON u.run_id = l.until_run AND ($2 IS NULL OR u.ended <= $2)
    JOIN asset o ON o.asset_id = l.peer_asset_id AND o.realm_id = $3 AND o.merged_into IS NULL
    WHERE u.run_id IS NULL AND l.peer_asset_id <> l.asset_id AND $5 IS NULL
        AND ($2 IS NULL OR EXISTS (
            SELECT FROM run n WHERE n.run_id = o.first_run AND n.ended <= $2))
        AND ($4 IS NULL OR l.peer_asset_id IN (
            SELECT m.asset_id FROM asset_member m WHERE m.realm_id = $3 AND m.system = $4))
), said AS (
    SELECT asset_id, 1 AS place, host(address) AS a, transport AS b, port AS c, '' AS d,
        0::int8 AS peer
    FROM open
    UNION ALL
    SELECT DISTINCT asset_id, 2, vendor, 0, 0, product || E'\n' || version, 0::int8
    FROM open WHERE product <> ''
    UNION ALL
    SELECT asset_id, 3, layer, 0, 0, '', peer_asset_id FROM near
    UNION ALL
    SELECT d.asset_id, 4, host(d.address), 0, 0, '', 0
    FROM part JOIN address d USING (asset_id)
    JOIN run f ON f.run_id = d.from_run AND ($2 IS NULL OR f.ended <= $2)
    LEFT JOIN run u ON u.run_id = d.until_run AND ($2 IS NULL OR u.ended <= $2)
    WHERE u.run_id IS NULL
    UNION ALL
    SELECT m.asset_id, 5, m.system, 0, 0, '', 0 FROM part JOIN asset_member m USING (asset_id)
)
SELECT asset_id, place, a, b, c, d, peer FROM said
ORDER BY asset_id, place, a COLLATE "C", b, c, d COLLATE "C", peer
