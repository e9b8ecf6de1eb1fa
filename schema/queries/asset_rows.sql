-- SPDX-License-Identifier: Apache-2.0
-- Asset files, one row each, an asset without addresses with its MACs in their place, in the order in
-- which they are named or in that of asset_order.sql.
-- Kept: all is looked up by the asset.
-- $1::text : the assets, an array of ids
-- $2::text : by: address, name, first-seen, last-seen, id; NULL: as they are named
-- $3::int8 : at most so many
-- $4::text : only in this state; 'all': any; NULL: any but retired
SELECT a.asset_id, r.name, a.name, a.role,
    CASE WHEN a.state = 'retired' AND met_since_retired(a.asset_id) THEN 'retired, seen again'
        ELSE a.state END, a.vendor,
    coalesce(nullif(a.model, ''), s.products, ''), a.os, coalesce(m.system, ''),
    coalesce(d.addresses, k.macs, ''),
    coalesce((extract(epoch FROM f.ended) * 1000000)::int8, 0),
    coalesce((extract(epoch FROM l.ended) * 1000000)::int8, 0), coalesce(s.services, 0),
    coalesce(s.exposed, 0), coalesce(t.final, 0), coalesce(c.list_no, '')
FROM unnest(CAST($1 AS int8[])) WITH ORDINALITY AS w (asset_id, place)
CROSS JOIN LATERAL asset_of(w.asset_id) AS a
JOIN realm r USING (realm_id)
LEFT JOIN LATERAL (
    SELECT count(*) AS services, count(*) FILTER (WHERE exposed) AS exposed,
        string_agg(DISTINCT nullif(product, ''), ', ' ORDER BY nullif(product, '')) AS products
    FROM service WHERE service.asset_id = a.asset_id AND until_run IS NULL) AS s ON true
LEFT JOIN LATERAL (
    SELECT string_agg(host(address), ' ' ORDER BY address) AS addresses, min(address) AS lowest
    FROM address WHERE address.asset_id = a.asset_id AND until_run IS NULL) AS d ON true
LEFT JOIN LATERAL (
    SELECT string_agg(value, ' ' ORDER BY value) AS macs
    FROM identity_key WHERE d.addresses IS NULL AND identity_key.asset_id = a.asset_id
        AND type = 'station' AND until_run IS NULL) AS k ON true
LEFT JOIN LATERAL member_of(a.asset_id) AS m ON true
LEFT JOIN LATERAL (SELECT last_run FROM seen_of(a.asset_id) OFFSET 0) AS n ON true
LEFT JOIN system_tier t ON t.realm_id = a.realm_id AND t.system = m.system
    AND t.until_import IS NULL
LEFT JOIN designation_list c ON c.realm_id = a.realm_id AND c.system = m.system
LEFT JOIN run f ON f.run_id = a.first_run
LEFT JOIN run l ON l.run_id = greatest(a.last_run, n.last_run)
WHERE a.merged_into IS NULL
    AND CASE WHEN $4 IS NULL THEN a.state <> 'retired' ELSE $4 IN (a.state, 'all') END
ORDER BY CASE WHEN $2 IS NULL THEN w.place END, CASE WHEN $2 <> 'id' THEN r.name END COLLATE "C",
    CASE WHEN $2 = 'address' THEN d.lowest END NULLS LAST,
    CASE WHEN $2 = 'name' THEN a.name END COLLATE "C",
    CASE $2 WHEN 'last-seen' THEN l.ended WHEN 'first-seen' THEN f.ended END DESC, a.asset_id
LIMIT $3
