-- SPDX-License-Identifier: Apache-2.0
-- The addresses of the assets of a list, the former ones too. Last seen is told for former
-- ones: what holds was last seen with its asset.
-- $1::text : numbers of assets, with commas
-- $2::timestamptz : as of; NULL: now
SELECT d.asset_id, host(d.address), coalesce(d.mac::text, ''), d.grade, d.reason, d.method,
    d.from_run, (extract(epoch FROM f.ended) * 1000000)::int8,
    CASE WHEN u.run_id IS NULL THEN 0 ELSE coalesce((
        SELECT (extract(epoch FROM met.ended) * 1000000)::int8
        FROM asset_met ar JOIN run met USING (run_id)
        WHERE ar.asset_id = d.asset_id AND ar.outcome <> 'quiet' AND ar.run_id < u.run_id
            AND ar.run_id >= d.from_run
        ORDER BY ar.run_id DESC LIMIT 1), 0) END,
    coalesce((extract(epoch FROM u.ended) * 1000000)::int8, 0)
FROM address d
JOIN run f ON f.run_id = d.from_run AND ($2 IS NULL OR f.ended <= $2)
LEFT JOIN run u ON u.run_id = d.until_run AND ($2 IS NULL OR u.ended <= $2)
WHERE d.asset_id = ANY (string_to_array($1, ',')::int8[])
    AND (d.until_run IS NULL OR d.until_run IS NOT NULL)
ORDER BY d.asset_id, u.run_id IS NOT NULL, d.address, d.from_run
