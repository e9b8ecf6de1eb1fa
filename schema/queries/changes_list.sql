-- SPDX-License-Identifier: Apache-2.0
-- What appeared, went and changed between two moments: pairs of rows that the runs which count for the
-- second moment and not for the first closed and opened; run by run, or the net difference. The
-- first run of an asset says once that it appeared; a service that came or went says it for all
-- that was read from it, and apart from that whether it became seen from the Internet; an asset
-- that went quiet says it for its services. What moved from one asset to the one that it was merged
-- into is no change, and a decision by hand is one row, not a discovery of what it moved.
-- $1::timestamptz : valid time of the first moment; NULL: before everything
-- $2::int8 : the newest run that it knows
-- $3::timestamptz : valid time of the second moment
-- $4::int8 : the newest run that it knows
-- $5::int8 : only this run; NULL: any
-- $6::bool : the net difference
-- $7::text : only of this realm; NULL: any
-- $8::text : only of these assets and what they were merged into, an array of ids; NULL: any
-- $9::text : these runs, ids between commas: those of changes_runs.sql. Named, so that the planner knows
-- how few of the facts are theirs
WITH decided AS (
    SELECT d.* FROM asset_decision d JOIN run u USING (run_id) JOIN realm r ON r.realm_id = u.realm_id
    WHERE u.bundle_id LIKE 'decision of%' AND u.ended <= $3 AND u.run_id <= $4
        AND ($1 IS NULL OR u.ended > $1 OR u.run_id > $2)
        AND ($5 IS NULL OR u.run_id = $5) AND ($7 IS NULL OR r.name = $7)
), service_opened AS MATERIALIZED (
    SELECT CASE WHEN $6 THEN 0 ELSE s.from_run END AS run_id, s.asset_id, s.address, s.transport,
        s.port, s.protocol, s.product, s.version, s.exposed, s.internal
    FROM service s JOIN asset o USING (asset_id)
    WHERE s.from_run = ANY (CAST(string_to_array($9, ',') AS int8[]))
        AND (s.from_run > o.first_run OR s.from_run = o.merge_run)
        AND NOT ($6 AND s.until_run IS NOT NULL
            AND s.until_run = ANY (CAST(string_to_array($9, ',') AS int8[])))
), service_closed AS MATERIALIZED (
    SELECT CASE WHEN $6 THEN 0 ELSE s.until_run END AS run_id, s.asset_id, s.address, s.transport,
        s.port, s.protocol, s.product, s.version, s.exposed, s.internal
    FROM service s
    WHERE s.until_run IS NOT NULL AND s.until_run = ANY (CAST(string_to_array($9, ',') AS int8[]))
        AND NOT ($6 AND s.from_run = ANY (CAST(string_to_array($9, ',') AS int8[])))
), service_touched AS MATERIALIZED (
    SELECT run_id, asset_id, host(address) || ' ' || CASE transport WHEN 6 THEN 'tcp' WHEN 17
            THEN 'udp' ELSE transport::text END || '/' || port AS spot, opened,
        concat_ws(' ', coalesce(nullif(protocol, ''), 'open'), nullif(product, ''),
            nullif(version, '')) AS said,
        CASE WHEN NOT exposed THEN 'internal' WHEN internal
            THEN 'exposed: seen from the Internet' ELSE 'exposed: seen from the Internet only' END
            AS side
    FROM (SELECT *, true AS opened FROM service_opened
          UNION ALL SELECT *, false FROM service_closed) AS s
), turned AS MATERIALIZED (
    SELECT CASE WHEN $6 THEN 0 ELSE from_run END AS run_id, asset_id, true AS quiet FROM fact
    WHERE from_run = ANY (CAST(string_to_array($9, ',') AS int8[]))
        AND subject = '' AND attribute = 'state' AND source = 'intake'
        AND NOT ($6 AND until_run IS NOT NULL
            AND until_run = ANY (CAST(string_to_array($9, ',') AS int8[])))
    UNION ALL
    SELECT CASE WHEN $6 THEN 0 ELSE until_run END, asset_id, false FROM fact
    WHERE until_run IS NOT NULL AND until_run = ANY (CAST(string_to_array($9, ',') AS int8[]))
        AND subject = '' AND attribute = 'state' AND source = 'intake'
        AND NOT ($6 AND from_run = ANY (CAST(string_to_array($9, ',') AS int8[])))
), opened AS (
    SELECT from_run, until_run, asset_id, 'address ' || host(address) AS subject,
        coalesce(mac::text, 'held') AS said
    FROM address WHERE from_run = ANY (CAST(string_to_array($9, ',') AS int8[]))
    UNION ALL
    SELECT from_run, until_run, asset_id, 'name of ' || host(address) || ' (' || source || ')', name
    FROM name WHERE from_run = ANY (CAST(string_to_array($9, ',') AS int8[]))
    UNION ALL
    SELECT from_run, until_run, asset_id, 'key ' || type, value
    FROM identity_key WHERE from_run = ANY (CAST(string_to_array($9, ',') AS int8[]))
    UNION ALL
    SELECT f.from_run, f.until_run, f.asset_id,
        concat_ws(' ', nullif(f.subject, ''), f.attribute) || ' (' || f.source || ')', f.value
    FROM fact f
    LEFT JOIN service_touched s ON s.asset_id = f.asset_id AND s.spot = f.subject
        AND ($6 OR s.run_id = f.from_run)
    WHERE f.from_run = ANY (CAST(string_to_array($9, ',') AS int8[])) AND s.asset_id IS NULL
        AND NOT (f.subject = '' AND f.attribute = 'state' AND f.source = 'intake')
), closed AS (
    SELECT from_run, until_run, asset_id, 'address ' || host(address) AS subject,
        coalesce(mac::text, 'held') AS said
    FROM address
    WHERE until_run IS NOT NULL AND until_run = ANY (CAST(string_to_array($9, ',') AS int8[]))
    UNION ALL
    SELECT from_run, until_run, asset_id, 'name of ' || host(address) || ' (' || source || ')', name
    FROM name WHERE until_run IS NOT NULL AND until_run = ANY (CAST(string_to_array($9, ',') AS int8[]))
    UNION ALL
    SELECT from_run, until_run, asset_id, 'key ' || type, value
    FROM identity_key
    WHERE until_run IS NOT NULL AND until_run = ANY (CAST(string_to_array($9, ',') AS int8[]))
    UNION ALL
    SELECT f.from_run, f.until_run, f.asset_id,
        concat_ws(' ', nullif(f.subject, ''), f.attribute) || ' (' || f.source || ')', f.value
    FROM fact f
    LEFT JOIN service_touched s ON s.asset_id = f.asset_id AND s.spot = f.subject
        AND ($6 OR s.run_id = f.until_run)
    WHERE f.until_run IS NOT NULL AND f.until_run = ANY (CAST(string_to_array($9, ',') AS int8[]))
        AND s.asset_id IS NULL
        AND NOT (f.subject = '' AND f.attribute = 'state' AND f.source = 'intake')
), touched AS (
    SELECT run_id, asset_id, 'service ' || spot AS subject, CASE WHEN NOT opened THEN said END
            AS before, CASE WHEN opened THEN said END AS after,
        CASE WHEN NOT opened THEN side END AS side_before, CASE WHEN opened THEN side END
            AS side_after
    FROM service_touched
    UNION ALL
    SELECT CASE WHEN $6 THEN 0 ELSE d.from_run END, d.asset_id, d.subject, NULL, d.said, NULL, NULL
    FROM opened d JOIN asset o USING (asset_id)
    WHERE (d.from_run > o.first_run OR d.from_run = o.merge_run)
        AND NOT ($6 AND d.until_run IS NOT NULL
            AND d.until_run = ANY (CAST(string_to_array($9, ',') AS int8[])))
    UNION ALL
    SELECT CASE WHEN $6 THEN 0 ELSE until_run END, asset_id, subject, said, NULL, NULL, NULL
    FROM closed WHERE NOT ($6 AND from_run = ANY (CAST(string_to_array($9, ',') AS int8[])))
    UNION ALL
    SELECT CASE WHEN $6 THEN 0 ELSE l.from_run END, l.asset_id, l.layer || ' link to '
            || coalesce(p.name, host(l.peer_address)) || ' (' || l.source || ')', NULL, l.grade,
        NULL, NULL
    FROM link l LEFT JOIN asset p ON p.asset_id = l.peer_asset_id
    WHERE l.from_run = ANY (CAST(string_to_array($9, ',') AS int8[]))
        AND (p.asset_id IS NULL OR p.first_run < l.from_run)
        AND NOT ($6 AND l.until_run IS NOT NULL
            AND l.until_run = ANY (CAST(string_to_array($9, ',') AS int8[])))
    UNION ALL
    SELECT CASE WHEN $6 THEN 0 ELSE l.until_run END, l.asset_id, l.layer || ' link to '
            || coalesce(p.name, host(l.peer_address)) || ' (' || l.source || ')', l.grade, NULL,
        NULL, NULL
    FROM link l LEFT JOIN asset p ON p.asset_id = l.peer_asset_id
    WHERE l.until_run IS NOT NULL AND l.until_run = ANY (CAST(string_to_array($9, ',') AS int8[]))
        AND NOT ($6 AND l.from_run = ANY (CAST(string_to_array($9, ',') AS int8[])))
), grouped AS (
    SELECT t.run_id, a.asset_id, t.subject,
        string_agg(t.before, ', ' ORDER BY t.before) AS before,
        string_agg(t.after, ', ' ORDER BY t.after) AS after,
        max(t.side_before) AS side_before, max(t.side_after) AS side_after
    FROM touched t
    JOIN asset o USING (asset_id)
    LEFT JOIN asset_decision d ON d.kind = 'merge' AND d.asset_id = t.asset_id
        AND d.run_id = t.run_id
    JOIN asset a ON a.asset_id = CASE WHEN $6 OR t.run_id = o.merge_run
        THEN coalesce(o.merged_into, o.asset_id)
        ELSE coalesce(d.other_asset_id, o.asset_id) END
    WHERE CASE WHEN $6 THEN a.first_run <> ALL (CAST(string_to_array($9, ',') AS int8[]))
            ELSE t.run_id > a.first_run END
        AND a.merged_into IS NULL
        AND NOT EXISTS (SELECT FROM turned WHERE turned.run_id = t.run_id
            AND turned.asset_id = t.asset_id)
    GROUP BY t.run_id, a.asset_id, t.subject
), paired AS (
    SELECT run_id, asset_id, subject,
        before || CASE WHEN after IS NULL AND side_before <> 'internal'
            THEN ', ' || side_before ELSE '' END AS before,
        after || CASE WHEN before IS NULL AND side_after <> 'internal'
            THEN ', ' || side_after ELSE '' END AS after
    FROM grouped
    UNION ALL
    SELECT run_id, asset_id, 'exposure of ' || subject, side_before, side_after
    FROM grouped WHERE side_before <> side_after
    UNION ALL
    SELECT a.first_run, a.asset_id, 'asset', NULL,
        coalesce((SELECT string_agg(host(d.address), ' ' ORDER BY d.address) FROM address d
            WHERE d.asset_id = a.asset_id AND (d.until_run IS NULL OR d.until_run IS NOT NULL)
                AND d.from_run = a.first_run), '')
    FROM asset a WHERE a.first_run = ANY (CAST(string_to_array($9, ',') AS int8[]))
        AND a.merged_into IS NULL
    UNION ALL
    SELECT run_id, asset_id, 'asset', CASE WHEN quiet THEN 'answered' END,
        CASE WHEN NOT quiet THEN 'answers again' END
    FROM turned
    UNION ALL
    SELECT o.merge_run, o.merged_into, 'asset ' || o.asset_id, o.name,
        'the same: ' || o.merge_reason
    FROM asset o
    WHERE o.merge_run IS NOT NULL AND o.merge_run = ANY (CAST(string_to_array($9, ',') AS int8[]))
    UNION ALL
    SELECT d.run_id, CASE d.kind WHEN 'merge' THEN d.other_asset_id ELSE d.asset_id END,
        'decision ' || d.decision_id,
        CASE d.kind WHEN 'merge' THEN o.name || ' (' || d.asset_id || ')'
            WHEN 'split' THEN t.name || ' (' || d.other_asset_id || ')' ELSE o.name END,
        CASE d.kind WHEN 'merge' THEN 'the same' WHEN 'split' THEN 'another one'
            WHEN 'retire' THEN 'retired' ELSE 'in use again' END
            || ', decided by ' || d.author || ': ' || d.reason
    FROM decided d JOIN asset o USING (asset_id)
    LEFT JOIN asset t ON t.asset_id = d.other_asset_id
)
SELECT (extract(epoch FROM coalesce(r.ended, $3)) * 1000000)::int8, p.run_id,
    CASE WHEN p.before IS NULL THEN 'appeared' WHEN p.after IS NULL THEN 'gone' ELSE 'changed' END,
    p.asset_id, a.name, p.subject, coalesce(p.before, ''), coalesce(p.after, '')
FROM paired p
JOIN asset a USING (asset_id)
LEFT JOIN run r ON r.run_id = p.run_id
WHERE p.before IS DISTINCT FROM p.after
    AND ($8 IS NULL OR p.asset_id = ANY (CAST($8 AS int8[])) OR EXISTS (
        SELECT FROM asset o
        WHERE o.merged_into = p.asset_id AND o.asset_id = ANY (CAST($8 AS int8[]))))
ORDER BY p.run_id, a.name COLLATE "C", p.asset_id, p.subject COLLATE "C", p.before COLLATE "C",
    p.after COLLATE "C"
