-- SPDX-License-Identifier: Apache-2.0
-- The assets of a list, one row each, by number; at another time what each was then, whose, and
-- which others had turned out to be it.
-- Of one without addresses the MACs by which it was met are told.
-- $1::text : numbers, with commas
SELECT a.asset_id, a.name, a.role, a.role_reason, a.state, a.vendor, a.model, a.os,
    coalesce(m.system, ''), coalesce((extract(epoch FROM f.ended) * 1000000)::int8, 0),
    coalesce((extract(epoch FROM l.ended) * 1000000)::int8, 0),
    coalesce((SELECT string_agg(o.asset_id::text, ' ' ORDER BY o.asset_id) FROM asset_alias o
        WHERE o.merged_into = a.asset_id), ''), a.first_run,
    coalesce((SELECT string_agg(k.value, ' ' ORDER BY k.value) FROM identity_key k
        WHERE k.asset_id = a.asset_id AND k.type = 'station' AND k.until_run IS NULL
            AND NOT EXISTS (SELECT FROM address d WHERE d.asset_id = a.asset_id
                AND d.until_run IS NULL)), '')
FROM asset a
LEFT JOIN (SELECT asset_id, last_run FROM asset_seen
    WHERE asset_id = ANY (string_to_array($1, ',')::int8[])) AS n USING (asset_id)
LEFT JOIN (SELECT asset_id, system FROM asset_member
    WHERE asset_id = ANY (string_to_array($1, ',')::int8[])) AS m USING (asset_id)
LEFT JOIN run f ON f.run_id = a.first_run
LEFT JOIN run l ON l.run_id = greatest(a.last_run, n.last_run)
WHERE a.asset_id = ANY (string_to_array($1, ',')::int8[])
ORDER BY a.asset_id
