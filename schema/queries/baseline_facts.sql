-- SPDX-License-Identifier: Apache-2.0
-- The facts of some assets as one line each, in a fixed order, for a hash. Columns stand between tabs,
-- which no text holds.
-- $1::text : the assets, an array of ids, ascending
WITH meant AS (
    SELECT unnest(CAST($1 AS int8[])) AS asset_id
), line AS (
    SELECT asset_id, concat_ws(E'\t', 'state', state) AS line
    FROM asset JOIN meant USING (asset_id)
    UNION ALL
    SELECT asset_id, concat_ws(E'\t', 'address', host(address), mac, grade, method, from_run)
    FROM address JOIN meant USING (asset_id) WHERE until_run IS NULL
    UNION ALL
    SELECT asset_id, concat_ws(E'\t', 'name', place_text(address), name, source, grade, method, from_run)
    FROM name JOIN meant USING (asset_id) WHERE until_run IS NULL
    UNION ALL
    SELECT asset_id, concat_ws(E'\t', 'service', host(address), transport, port, protocol, vendor,
        product, version, cpe, internal, exposed, method, from_run)
    FROM service JOIN meant USING (asset_id) WHERE until_run IS NULL
    UNION ALL
    SELECT asset_id, concat_ws(E'\t', 'key', type, value, strength, shared, verdict, method, from_run)
    FROM identity_key JOIN meant USING (asset_id) WHERE until_run IS NULL
    UNION ALL
    SELECT asset_id, concat_ws(E'\t', 'fact', subject, attribute, source, value, grade, method,
        from_run)
    FROM fact JOIN meant USING (asset_id) WHERE until_run IS NULL
    UNION ALL
    SELECT asset_id, concat_ws(E'\t', 'link', layer, peer_asset_id, host(peer_address), source,
        grade, method, detail, from_run)
    FROM link JOIN meant USING (asset_id) WHERE until_run IS NULL
    UNION ALL
    SELECT asset_id, concat_ws(E'\t', 'system', system) FROM meant
    CROSS JOIN LATERAL (SELECT system FROM asset_member m WHERE m.asset_id = meant.asset_id
        OFFSET 0) AS m
)
SELECT asset_id, line FROM line ORDER BY asset_id, line COLLATE "C"
