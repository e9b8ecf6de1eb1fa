-- SPDX-License-Identifier: Apache-2.0
-- Asset files, one row each, by realm and lowest address.
-- $1::text : only this realm; NULL: any
-- $2::inet : only with an address in this prefix; NULL: any
-- $3::text : only of this system; NULL: any
-- $4::text : only with a product that contains this; NULL: any
-- $5::int4 : only with this port open; NULL: any
-- $6::text : only with this in name, vendor, product or system; NULL: any
-- $7::int8 : only this asset; NULL: any
WITH part AS (
    SELECT a.asset_id, r.name AS realm, a.name, a.role, a.state, a.vendor, a.model, a.os,
        a.first_run, greatest(a.last_run, n.last_run) AS last_run, s.products,
        coalesce(s.services, 0) AS services
    FROM asset a
    JOIN realm r USING (realm_id)
    LEFT JOIN asset_seen n USING (asset_id)
    LEFT JOIN LATERAL (
        SELECT count(*) AS services,
            string_agg(DISTINCT nullif(product, ''), ', ' ORDER BY nullif(product, ''))
                AS products
        FROM service WHERE service.asset_id = a.asset_id AND until_run IS NULL) AS s ON true
    WHERE a.merged_into IS NULL AND ($7 IS NULL OR a.asset_id = $7)
        AND ($1 IS NULL OR r.name = $1)
        AND ($2 IS NULL OR EXISTS (SELECT FROM address ad WHERE ad.asset_id = a.asset_id
            AND ad.until_run IS NULL AND ad.address <<= $2))
        AND ($5 IS NULL OR EXISTS (SELECT FROM service p WHERE p.asset_id = a.asset_id
            AND p.until_run IS NULL AND p.port = $5))
), member AS (
    SELECT m.asset_id, m.system, coalesce(s.name, '') AS system_name
    FROM asset_system m
    LEFT JOIN system s ON s.realm_id = m.realm_id AND s.id = m.system AND s.until_import IS NULL
    WHERE $7 IS NULL OR m.asset_id = $7
)
SELECT p.asset_id, p.name, p.role, p.state, p.vendor,
    coalesce(nullif(p.model, ''), p.products, ''), p.os, coalesce(m.system, ''),
    coalesce(d.addresses, ''),
    coalesce((extract(epoch FROM f.ended) * 1000000)::int8, 0),
    coalesce((extract(epoch FROM l.ended) * 1000000)::int8, 0), p.services
FROM part p
LEFT JOIN member m USING (asset_id)
LEFT JOIN LATERAL (
    SELECT string_agg(host(address), ' ' ORDER BY address) AS addresses,
        min(address) AS lowest
    FROM address WHERE address.asset_id = p.asset_id AND until_run IS NULL) AS d ON true
LEFT JOIN run f ON f.run_id = p.first_run
LEFT JOIN run l ON l.run_id = p.last_run
WHERE ($3 IS NULL OR m.system = $3)
    AND ($4 IS NULL OR strpos(lower(p.model), lower($4)) > 0
        OR strpos(lower(p.products), lower($4)) > 0)
    AND ($6 IS NULL OR strpos(lower(concat_ws(' ', p.name, p.vendor, p.model, p.products,
            m.system, m.system_name)), lower($6)) > 0
        OR EXISTS (SELECT FROM name n WHERE n.asset_id = p.asset_id AND n.until_run IS NULL
            AND strpos(lower(n.name), lower($6)) > 0))
ORDER BY p.realm COLLATE "C", d.lowest NULLS LAST, p.asset_id
