-- SPDX-License-Identifier: Apache-2.0
-- Assets that are there: not merged into others, not quiet, not retired; and when each was last met.
-- One without addresses has the MAC by which it was met.
-- $1::text : realm; NULL: all
SELECT a.asset_id, a.name, a.role, a.vendor, a.model, a.os, coalesce(m.system, ''),
    coalesce(k.mac, ''), coalesce((extract(epoch FROM u.ended) * 1000000)::int8, 0)
FROM asset a
JOIN realm r USING (realm_id)
LEFT JOIN asset_member m ON m.asset_id = a.asset_id
LEFT JOIN asset_seen n ON n.asset_id = a.asset_id
LEFT JOIN run u ON u.run_id = greatest(a.last_run, n.last_run)
LEFT JOIN (
    SELECT k.asset_id, min(k.value) AS mac
    FROM identity_key k
    WHERE k.type = 'station' AND k.until_run IS NULL
        AND NOT EXISTS (SELECT FROM address d WHERE d.asset_id = k.asset_id AND d.until_run IS NULL)
    GROUP BY k.asset_id) AS k ON k.asset_id = a.asset_id
WHERE a.merged_into IS NULL AND a.state = 'seen' AND ($1 IS NULL OR r.name = $1)
ORDER BY a.asset_id
