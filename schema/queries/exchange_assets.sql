-- SPDX-License-Identifier: Apache-2.0
-- The assets of a list, one row each, by number.
-- $1::text : numbers, with commas
-- $2::timestamptz : as of; NULL: now
SELECT a.asset_id, a.name, a.role, a.role_reason, a.state, a.vendor, a.model, a.os,
    coalesce(m.system, ''),
    coalesce((extract(epoch FROM c.first_seen) * 1000000)::int8, 0),
    coalesce((extract(epoch FROM CASE WHEN $2 IS NULL THEN c.last_seen ELSE (
        SELECT max(met.ended) FROM asset_run ar JOIN run met USING (run_id)
        WHERE ar.asset_id = a.asset_id AND ar.outcome <> 'quiet' AND met.ended <= $2) END)
        * 1000000)::int8, 0),
    coalesce((SELECT string_agg(o.asset_id::text, ' ' ORDER BY o.asset_id) FROM asset o
        WHERE o.merged_into = a.asset_id), ''), a.first_run
FROM asset a
JOIN (SELECT asset_id, first_seen, last_seen FROM asset_current) AS c USING (asset_id)
LEFT JOIN asset_member m USING (asset_id)
WHERE a.asset_id = ANY (string_to_array($1, ',')::int8[])
ORDER BY a.asset_id
