-- SPDX-License-Identifier: Apache-2.0
-- How the assets of a list stand to other things of a file, as far as that holds: services,
-- software, neighbours, addresses and system. Neighbours are of the same selection, so that a
-- file names nothing that it does not hold.
-- $1::text : numbers of assets, with commas
-- $2::timestamptz : as of; NULL: now
-- $3::int4 : realm
-- $4::text : only beside these, numbers with commas; NULL: any
-- $5::int8 : only this asset; NULL: any
WITH open AS (
    SELECT s.* FROM service_ever s
    JOIN cadastre.run f ON f.run_id = s.from_run AND ($2 IS NULL OR f.ended <= $2)
    LEFT JOIN cadastre.run u ON u.run_id = s.until_run AND ($2 IS NULL OR u.ended <= $2)
    WHERE s.asset_id = ANY (string_to_array($1, ',')::int8[]) AND u.run_id IS NULL
        AND (s.until_run IS NULL OR s.until_run IS NOT NULL)
), beside AS (
    SELECT DISTINCT l.asset_id, l.layer, l.peer_asset_id FROM cadastre.link l
    JOIN cadastre.run f ON f.run_id = l.from_run AND ($2 IS NULL OR f.ended <= $2)
    LEFT JOIN cadastre.run u ON u.run_id = l.until_run AND ($2 IS NULL OR u.ended <= $2)
    WHERE l.asset_id = ANY (string_to_array($1, ',')::int8[]) AND u.run_id IS NULL
        AND (l.until_run IS NULL OR l.until_run IS NOT NULL)
        AND l.peer_asset_id <> l.asset_id AND $5 IS NULL
), near AS (
    SELECT b.* FROM beside b
    JOIN asset o ON o.asset_id = b.peer_asset_id AND o.realm_id = $3 AND o.merged_into IS NULL
    WHERE $4 IS NULL OR b.peer_asset_id = ANY (string_to_array($4, ',')::int8[])
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
    FROM address_ever d
    JOIN cadastre.run f ON f.run_id = d.from_run AND ($2 IS NULL OR f.ended <= $2)
    LEFT JOIN cadastre.run u ON u.run_id = d.until_run AND ($2 IS NULL OR u.ended <= $2)
    WHERE d.asset_id = ANY (string_to_array($1, ',')::int8[]) AND u.run_id IS NULL
        AND (d.until_run IS NULL OR d.until_run IS NOT NULL)
    UNION ALL
    SELECT m.asset_id, 5, m.system, 0, 0, '', 0 FROM asset_member m
    WHERE m.asset_id = ANY (string_to_array($1, ',')::int8[])
)
SELECT asset_id, place, a, b, c, d, peer FROM said
ORDER BY asset_id, place, a COLLATE "C", b, c, d COLLATE "C", peer
