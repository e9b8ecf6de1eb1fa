-- SPDX-License-Identifier: Apache-2.0
-- The addresses of the assets of a list, the former ones too. Last seen is told for former
-- ones: what holds was last seen with its asset.
-- $1::text : numbers of assets, with commas
-- $2::timestamptz : as of; NULL: now
WITH at AS MATERIALIZED (
    SELECT run_id, ended, (extract(epoch FROM ended) * 1000000)::int8 AS us FROM cadastre.run
    WHERE $2 IS NULL OR ended <= $2
)
SELECT d.asset_id, host(d.address), coalesce(d.mac::text, ''), d.grade, d.reason, d.method,
    d.from_run, f.us, CASE WHEN u.run_id IS NULL THEN 0 ELSE coalesce((
        SELECT met.us FROM met_ever ar JOIN at met USING (run_id)
        WHERE ar.asset_id = d.asset_id AND ar.outcome <> 'quiet' AND ar.run_id < u.run_id
            AND ar.run_id >= d.from_run
        ORDER BY ar.run_id DESC LIMIT 1), 0) END,
    coalesce(u.us, 0)
FROM address_ever d
JOIN at f ON f.run_id = d.from_run
LEFT JOIN at u ON u.run_id = d.until_run
WHERE d.asset_id = ANY (string_to_array($1, ',')::int8[])
    AND (d.until_run IS NULL OR d.until_run IS NOT NULL)
ORDER BY d.asset_id, u.run_id IS NOT NULL, d.address, d.from_run
