-- SPDX-License-Identifier: Apache-2.0
-- Asset files, one row each, in the order in which they are named.
-- Kept: all is looked up by the asset.
-- $1::text : the assets, an array of ids
SELECT a.asset_id, r.name, a.name, a.role,
    CASE WHEN a.state = 'retired' AND EXISTS (
            SELECT FROM asset_decision d
            JOIN asset_met met ON met.asset_id = d.asset_id AND met.run_id > d.run_id
                AND met.outcome <> 'quiet'
            WHERE d.asset_id = a.asset_id AND d.kind = 'retire' AND d.undone IS NULL)
        THEN 'retired, seen again' ELSE a.state END, a.vendor,
    coalesce(nullif(a.model, ''), s.products, ''), a.os, coalesce(m.system, ''),
    coalesce(d.addresses, ''),
    coalesce((extract(epoch FROM f.ended) * 1000000)::int8, 0),
    coalesce((extract(epoch FROM l.ended) * 1000000)::int8, 0), coalesce(s.services, 0),
    coalesce(s.exposed, 0), coalesce(t.final, 0), coalesce(c.list_no, '')
FROM unnest(CAST($1 AS int8[])) WITH ORDINALITY AS w (asset_id, place)
JOIN asset a USING (asset_id)
JOIN realm r USING (realm_id)
LEFT JOIN LATERAL (
    SELECT count(*) AS services, count(*) FILTER (WHERE exposed) AS exposed,
        string_agg(DISTINCT nullif(product, ''), ', ' ORDER BY nullif(product, '')) AS products
    FROM service WHERE service.asset_id = a.asset_id AND until_run IS NULL) AS s ON true
LEFT JOIN LATERAL (
    SELECT string_agg(host(address), ' ' ORDER BY address) AS addresses
    FROM address WHERE address.asset_id = a.asset_id AND until_run IS NULL) AS d ON true
LEFT JOIN LATERAL (
    SELECT system FROM asset_member WHERE asset_member.asset_id = a.asset_id OFFSET 0) AS m
    ON true
LEFT JOIN LATERAL (
    SELECT last_run FROM asset_seen WHERE asset_seen.asset_id = a.asset_id OFFSET 0) AS n ON true
LEFT JOIN system_tier t ON t.realm_id = a.realm_id AND t.system = m.system
    AND t.until_import IS NULL
LEFT JOIN designation_list c ON c.realm_id = a.realm_id AND c.system = m.system
LEFT JOIN run f ON f.run_id = a.first_run
LEFT JOIN run l ON l.run_id = greatest(a.last_run, n.last_run)
ORDER BY w.place
