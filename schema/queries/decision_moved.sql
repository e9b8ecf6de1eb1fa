-- SPDX-License-Identifier: Apache-2.0
-- What a decision moves, and where it is from now on.
-- $1::int8 : run of the decision
SELECT what, subject, value, asset_id
FROM (
    SELECT 1 AS place, 'address' AS what, host(address) AS subject, coalesce(mac::text, '')
               AS value, asset_id
        FROM address WHERE from_run = $1
    UNION ALL
    SELECT 2, 'name', name, place_text(address) || ' (' || source || ')', asset_id
        FROM name WHERE from_run = $1
    UNION ALL
    SELECT 3, 'service', host(address) || ' ' || CASE transport WHEN 6 THEN 'tcp' WHEN 17
               THEN 'udp' WHEN 132 THEN 'sctp' ELSE transport::text END || '/' || port,
           concat_ws(' ', coalesce(nullif(protocol, ''), 'open'), nullif(product, ''),
                     nullif(version, '')), asset_id
        FROM service WHERE from_run = $1
    UNION ALL
    SELECT 4, 'key', type, value, asset_id FROM identity_key WHERE from_run = $1
    UNION ALL
    SELECT 5, 'fact', concat_ws(' ', nullif(subject, ''), attribute) || ' (' || source || ')',
           value, asset_id
        FROM fact WHERE from_run = $1
    UNION ALL
    SELECT 6, 'link', l.layer || ' (' || l.source || ')',
           concat(a.name, ' at ' || host(l.own_end), ' - ', coalesce(p.name, host(l.peer_address)),
                  ' at ' || host(l.peer_end)), l.asset_id
        FROM link l
        JOIN asset a ON a.asset_id = l.asset_id
        LEFT JOIN asset p ON p.asset_id = l.peer_asset_id
        WHERE l.from_run = $1
    UNION ALL
    SELECT 7, 'path', 'to ' || host(address) || ' from ' || vantage || ', hop '
               || to_char(distance, 'FM00'), host(peer_address), asset_id
        FROM hop WHERE from_run = $1
) AS moved
ORDER BY place, subject COLLATE "C", value COLLATE "C", asset_id
