-- SPDX-License-Identifier: Apache-2.0
-- What a person should look at. Of what names no system itself: that of the asset.
-- $1::text : only of this realm; NULL: any
-- $2::text : only of this kind; NULL: any
-- $3::text : only of this system; NULL: any
SELECT v.kind, coalesce(v.asset_id, 0), coalesce(a.name, ''), r.name,
       w.system, v.subject,
       v.detail, coalesce((extract(epoch FROM v.since) * 1000000)::int8, 0)
FROM review v
JOIN realm r USING (realm_id)
LEFT JOIN asset a ON a.asset_id = v.asset_id
LEFT JOIN asset_member m ON m.asset_id = v.asset_id
CROSS JOIN LATERAL (SELECT coalesce(nullif(v.system, ''), m.system, '') AS system) w
WHERE ($1 IS NULL OR r.name = $1) AND ($2 IS NULL OR v.kind = $2)
  AND ($3 IS NULL OR w.system = $3)
ORDER BY v.kind COLLATE "C", r.name COLLATE "C", v.since, v.asset_id, v.subject COLLATE "C",
         v.detail COLLATE "C"
