-- SPDX-License-Identifier: Apache-2.0
-- The assets of a list, one row each, by number. At another time the summary is the one of then;
-- which assets are one, and whose they are, is told as it is known now.
-- $1::text : numbers, with commas
-- $2::timestamptz : as of; NULL: now
SELECT k.asset_id, coalesce(a.name, k.name), coalesce(a.role, k.role),
    coalesce(a.role_reason, k.role_reason), coalesce(a.state, k.state),
    coalesce(a.vendor, k.vendor), coalesce(a.model, k.model), coalesce(a.os, k.os),
    coalesce(m.system, ''),
    coalesce((extract(epoch FROM c.first_seen) * 1000000)::int8, 0),
    coalesce((extract(epoch FROM CASE WHEN $2 IS NULL THEN c.last_seen ELSE (
        SELECT max(met.ended) FROM asset_met ar JOIN run met USING (run_id)
        WHERE ar.asset_id = k.asset_id AND ar.outcome <> 'quiet' AND met.ended <= $2) END)
        * 1000000)::int8, 0),
    coalesce((SELECT string_agg(o.asset_id::text, ' ' ORDER BY o.asset_id) FROM cadastre.asset o
        WHERE o.merged_into = k.asset_id), ''), k.first_run
FROM cadastre.asset k
LEFT JOIN asset a USING (asset_id)
LEFT JOIN (SELECT asset_id, first_seen, last_seen FROM cadastre.asset_current) AS c
    USING (asset_id)
LEFT JOIN cadastre.asset_member m USING (asset_id)
WHERE k.asset_id = ANY (string_to_array($1, ',')::int8[])
ORDER BY k.asset_id
