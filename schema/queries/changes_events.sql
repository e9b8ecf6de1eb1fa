-- SPDX-License-Identifier: Apache-2.0
-- What happened to whole assets between two moments: they appeared, went quiet and answered again, were
-- merged, and what a person decided of them, each with its time. What is turned tells for all services of
-- the asset.
-- $1::timestamptz : valid time of the first moment; NULL: before everything
-- $2::int8 : the newest run that it knows
-- $3::timestamptz : valid time of the second moment
-- $4::int8 : the newest run that it knows
-- $5::int8 : only this run; NULL: any
-- $6::bool : the net difference
-- $7::text : only of this realm; NULL: any
-- $8::text : the runs that count, ids between commas
WITH decided AS (
    SELECT d.* FROM asset_decision d JOIN run u USING (run_id) JOIN realm r ON r.realm_id = u.realm_id
    WHERE u.bundle_id LIKE 'decision of%' AND u.ended <= $3 AND u.run_id <= $4
        AND ($1 IS NULL OR u.ended > $1 OR u.run_id > $2)
        AND ($5 IS NULL OR u.run_id = $5) AND ($7 IS NULL OR r.name = $7)
), turned AS (
    SELECT CASE WHEN $6 THEN 0 ELSE from_run END AS run_id, asset_id, true AS quiet FROM fact
    WHERE from_run = ANY (CAST(string_to_array($8, ',') AS int8[]))
        AND subject = '' AND attribute = 'state' AND source = 'intake'
        AND NOT ($6 AND until_run IS NOT NULL
            AND until_run = ANY (CAST(string_to_array($8, ',') AS int8[])))
    UNION ALL
    SELECT CASE WHEN $6 THEN 0 ELSE until_run END, asset_id, false FROM fact
    WHERE until_run IS NOT NULL AND until_run = ANY (CAST(string_to_array($8, ',') AS int8[]))
        AND subject = '' AND attribute = 'state' AND source = 'intake'
        AND NOT ($6 AND from_run = ANY (CAST(string_to_array($8, ',') AS int8[])))
), event AS (
    SELECT 'appeared' AS kind, a.first_run AS run_id, a.asset_id, 'asset' AS subject,
        NULL AS before, coalesce((SELECT string_agg(host(d.address), ' ' ORDER BY d.address)
            FROM address d
            WHERE d.asset_id = a.asset_id AND (d.until_run IS NULL OR d.until_run IS NOT NULL)
                AND d.from_run = a.first_run), '') AS after
    FROM asset a WHERE a.first_run = ANY (CAST(string_to_array($8, ',') AS int8[]))
        AND a.merged_into IS NULL
    UNION ALL
    SELECT 'turned', run_id, asset_id, 'asset', CASE WHEN quiet THEN 'answered' END,
        CASE WHEN NOT quiet THEN 'answers again' END
    FROM turned
    UNION ALL
    SELECT 'merged', o.merge_run, o.merged_into, 'asset ' || o.asset_id, o.name,
        'the same: ' || o.merge_reason
    FROM asset o
    WHERE o.merge_run IS NOT NULL AND o.merge_run = ANY (CAST(string_to_array($8, ',') AS int8[]))
    UNION ALL
    SELECT 'decided', d.run_id, CASE d.kind WHEN 'merge' THEN d.other_asset_id ELSE d.asset_id END,
        'decision ' || d.decision_id,
        CASE d.kind WHEN 'merge' THEN o.name || ' (' || d.asset_id || ')'
            WHEN 'split' THEN t.name || ' (' || d.other_asset_id || ')' ELSE o.name END,
        CASE d.kind WHEN 'merge' THEN 'the same' WHEN 'split' THEN 'another one'
            WHEN 'retire' THEN 'retired' ELSE 'in use again' END
            || ', decided by ' || d.author || ': ' || d.reason
    FROM decided d JOIN asset o USING (asset_id)
    LEFT JOIN asset t ON t.asset_id = d.other_asset_id
)
SELECT e.kind, e.run_id, (extract(epoch FROM coalesce(r.ended, $3)) * 1000000)::int8, e.asset_id,
    e.subject, e.before, e.after
FROM event e
LEFT JOIN run r ON r.run_id = e.run_id
