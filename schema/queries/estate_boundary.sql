-- SPDX-License-Identifier: Apache-2.0
-- Assets within the newest boundaries of systems that carry a key business or are on the list: 1 the
-- maximum, 2 the decided one, 3 both. What was merged is what it turned out to be.
-- $1::text : realm; NULL: all
WITH newest AS (
    SELECT DISTINCT ON (b.realm_id, b.system, b.kind) b.id, b.realm_id, b.system, b.kind
    FROM boundary b JOIN realm r USING (realm_id)
    WHERE $1 IS NULL OR r.name = $1
    ORDER BY b.realm_id, b.system, b.kind, b.version DESC
)
SELECT coalesce(a.merged_into, m.asset_id), bit_or(CASE n.kind WHEN 'maximum' THEN 1 ELSE 2 END)
FROM newest n
JOIN registered_system s ON s.realm_id = n.realm_id AND s.id = n.system
JOIN boundary_member m ON m.boundary_id = n.id
JOIN asset a ON a.asset_id = m.asset_id
WHERE s.is_key OR s.designation IS NOT NULL
GROUP BY coalesce(a.merged_into, m.asset_id)
