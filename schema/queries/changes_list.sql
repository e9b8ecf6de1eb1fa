-- SPDX-License-Identifier: Apache-2.0
-- What appeared, went and changed: pairs of rows that a run closed and opened. The first run of
-- an asset says once that it appeared; a service that came or went says it for all that was
-- read from it, and apart from that whether it became seen from the Internet; an asset that went
-- quiet says it for its services. What moved from one asset to the one that it was merged into is
-- no change.
-- $1::int8 : runs whose newest observation is not before this, microseconds
-- $2::int8 : and before this
-- $3::int8 : only this run; NULL: any
WITH looked AS (
    SELECT run_id, realm_id, ended FROM run
    WHERE ended >= to_timestamp($1 / 1000000.0) AND ended < to_timestamp($2 / 1000000.0)
        AND ($3 IS NULL OR run_id = $3)
), service_row AS (
    SELECT s.asset_id, s.from_run, s.until_run,
        host(s.address) || ' ' || CASE s.transport WHEN 6 THEN 'tcp' WHEN 17 THEN 'udp'
            ELSE s.transport::text END || '/' || s.port AS spot,
        concat_ws(' ', coalesce(nullif(s.protocol, ''), 'open'), nullif(s.product, ''),
            nullif(s.version, '')) AS said,
        CASE WHEN NOT s.exposed THEN 'internal' WHEN s.internal
            THEN 'exposed: seen from the Internet' ELSE 'exposed: seen from the Internet only' END
            AS side,
        o.first_run, o.merge_run
    FROM service s JOIN asset o USING (asset_id)
), service_opened AS MATERIALIZED (
    SELECT from_run AS run_id, asset_id, spot, said, side
    FROM service_row WHERE from_run IN (SELECT run_id FROM looked)
        AND (from_run > first_run OR from_run = merge_run)
), service_closed AS MATERIALIZED (
    SELECT until_run AS run_id, asset_id, spot, said, side
    FROM service_row WHERE until_run IN (SELECT run_id FROM looked)
), service_touched AS (
    SELECT run_id, asset_id, spot FROM service_opened
    UNION SELECT run_id, asset_id, spot FROM service_closed
), turned AS (
    SELECT from_run AS run_id, asset_id, true AS quiet FROM fact
        WHERE subject = '' AND attribute = 'state' AND source = 'intake'
            AND from_run IN (SELECT run_id FROM looked)
    UNION ALL
    SELECT until_run, asset_id, false FROM fact
        WHERE subject = '' AND attribute = 'state' AND source = 'intake'
            AND until_run IN (SELECT run_id FROM looked)
), touched AS (
    SELECT run_id, asset_id, 'service ' || spot AS subject, NULL AS before, said AS after,
        NULL AS side_before, side AS side_after
        FROM service_opened
    UNION ALL
    SELECT run_id, asset_id, 'service ' || spot, said, NULL, side, NULL FROM service_closed
    UNION ALL
    SELECT from_run, asset_id, 'address ' || host(address), NULL, coalesce(mac::text, 'held'),
        NULL, NULL
        FROM address JOIN asset o USING (asset_id) WHERE from_run IN (SELECT run_id FROM looked)
            AND (from_run > o.first_run OR from_run = o.merge_run)
    UNION ALL
    SELECT until_run, asset_id, 'address ' || host(address), coalesce(mac::text, 'held'), NULL,
        NULL, NULL
        FROM address WHERE until_run IN (SELECT run_id FROM looked)
    UNION ALL
    SELECT from_run, asset_id, 'name of ' || host(address) || ' (' || source || ')', NULL,
        name.name, NULL, NULL
        FROM name JOIN asset o USING (asset_id) WHERE from_run IN (SELECT run_id FROM looked)
            AND (from_run > o.first_run OR from_run = o.merge_run)
    UNION ALL
    SELECT until_run, asset_id, 'name of ' || host(address) || ' (' || source || ')', name, NULL,
        NULL, NULL
        FROM name WHERE until_run IN (SELECT run_id FROM looked)
    UNION ALL
    SELECT from_run, asset_id, 'key ' || type, NULL, value, NULL, NULL
        FROM identity_key JOIN asset o USING (asset_id)
        WHERE from_run IN (SELECT run_id FROM looked)
            AND (from_run > o.first_run OR from_run = o.merge_run)
    UNION ALL
    SELECT until_run, asset_id, 'key ' || type, value, NULL, NULL, NULL
        FROM identity_key WHERE until_run IN (SELECT run_id FROM looked)
    UNION ALL
    SELECT f.from_run, f.asset_id, concat_ws(' ', nullif(f.subject, ''), f.attribute)
            || ' (' || source || ')', NULL, value, NULL, NULL
        FROM fact f JOIN asset o USING (asset_id)
        WHERE f.from_run IN (SELECT run_id FROM looked)
            AND (f.from_run > o.first_run OR f.from_run = o.merge_run)
            AND NOT (subject = '' AND attribute = 'state' AND source = 'intake')
            AND NOT EXISTS (SELECT FROM service_touched s WHERE s.run_id = f.from_run
                AND s.asset_id = f.asset_id AND s.spot = f.subject)
    UNION ALL
    SELECT until_run, f.asset_id, concat_ws(' ', nullif(subject, ''), attribute)
            || ' (' || source || ')', value, NULL, NULL, NULL
        FROM fact f WHERE until_run IN (SELECT run_id FROM looked)
            AND NOT (subject = '' AND attribute = 'state' AND source = 'intake')
            AND NOT EXISTS (SELECT FROM service_touched s WHERE s.run_id = f.until_run
                AND s.asset_id = f.asset_id AND s.spot = f.subject)
    UNION ALL
    SELECT l.from_run, l.asset_id, l.layer || ' link to ' || coalesce(p.name, host(l.peer_address))
            || ' (' || l.source || ')', NULL, l.grade, NULL, NULL
        FROM link l LEFT JOIN asset p ON p.asset_id = l.peer_asset_id
        WHERE l.from_run IN (SELECT run_id FROM looked)
            AND (p.asset_id IS NULL OR p.first_run < l.from_run)
    UNION ALL
    SELECT l.until_run, l.asset_id, l.layer || ' link to '
            || coalesce(p.name, host(l.peer_address)) || ' (' || l.source || ')', l.grade,
            NULL, NULL, NULL
        FROM link l LEFT JOIN asset p ON p.asset_id = l.peer_asset_id
        WHERE l.until_run IN (SELECT run_id FROM looked)
), grouped AS (
    SELECT t.run_id, a.asset_id, t.subject,
        string_agg(t.before, ', ' ORDER BY t.before) AS before,
        string_agg(t.after, ', ' ORDER BY t.after) AS after,
        max(t.side_before) AS side_before, max(t.side_after) AS side_after
    FROM touched t
    JOIN asset o USING (asset_id)
    JOIN asset a ON a.asset_id = CASE WHEN t.run_id = o.merge_run THEN o.merged_into
        ELSE o.asset_id END
    WHERE t.run_id > a.first_run AND a.merged_into IS NULL
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
            WHERE d.asset_id = a.asset_id AND d.from_run = a.first_run), '')
    FROM asset a WHERE a.first_run IN (SELECT run_id FROM looked) AND a.merged_into IS NULL
    UNION ALL
    SELECT run_id, asset_id, 'asset', CASE WHEN quiet THEN 'answered' END,
        CASE WHEN NOT quiet THEN 'answers again' END
    FROM turned
    UNION ALL
    SELECT o.merge_run, o.merged_into, 'asset ' || o.asset_id, o.name, 'the same: ' || o.merge_reason
    FROM asset o WHERE o.merge_run IN (SELECT run_id FROM looked)
)
SELECT (extract(epoch FROM r.ended) * 1000000)::int8, p.run_id,
    CASE WHEN p.before IS NULL THEN 'appeared' WHEN p.after IS NULL THEN 'gone' ELSE 'changed' END,
    p.asset_id, a.name, p.subject, coalesce(p.before, ''), coalesce(p.after, '')
FROM paired p JOIN run r USING (run_id) JOIN asset a USING (asset_id)
WHERE p.before IS DISTINCT FROM p.after
ORDER BY p.run_id, a.name COLLATE "C", p.asset_id, p.subject COLLATE "C", p.before COLLATE "C",
    p.after COLLATE "C"
