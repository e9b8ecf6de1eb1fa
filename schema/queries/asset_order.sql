-- SPDX-License-Identifier: Apache-2.0
-- Assets in the order in which they are listed; by realm first.
-- $1::text : only these, an array of ids; NULL: all
-- $2::text : by: address, name, first-seen, last-seen, id
-- $3::int8 : at most so many
-- $4::text : only in this state; 'all': any; NULL: any but retired
SELECT a.asset_id
FROM asset a
JOIN realm r USING (realm_id)
LEFT JOIN LATERAL (
    SELECT min(address) AS lowest FROM address
    WHERE $2 = 'address' AND address.asset_id = a.asset_id AND until_run IS NULL) AS d ON true
LEFT JOIN asset_seen n ON n.asset_id = a.asset_id AND $2 = 'last-seen'
LEFT JOIN run l ON l.run_id = greatest(a.last_run, n.last_run) AND $2 = 'last-seen'
LEFT JOIN run f ON f.run_id = a.first_run AND $2 = 'first-seen'
WHERE a.merged_into IS NULL AND ($1 IS NULL OR a.asset_id = ANY (CAST($1 AS int8[])))
    AND CASE WHEN $4 IS NULL THEN a.state <> 'retired' ELSE $4 IN (a.state, 'all') END
ORDER BY CASE WHEN $2 <> 'id' THEN r.name END COLLATE "C", d.lowest NULLS LAST,
    CASE WHEN $2 = 'name' THEN a.name END COLLATE "C", coalesce(l.ended, f.ended) DESC,
    a.asset_id
LIMIT $3
