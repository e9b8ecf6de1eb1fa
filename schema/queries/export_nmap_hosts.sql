-- SPDX-License-Identifier: Apache-2.0
-- The next assets of a realm with their addresses, one row each; one without address has one row.
-- $1::int4 : realm
-- $2::int8 : asset after which they come
-- $3::int8 : assets at most
WITH chosen AS MATERIALIZED (
    SELECT asset_id, state, os
    FROM asset
    WHERE realm_id = $1 AND merged_into IS NULL AND asset_id > $2
    ORDER BY asset_id
    LIMIT $3
)
SELECT c.asset_id, d.address, coalesce(d.mac::text, ''), c.state, c.os,
    coalesce(extract(epoch FROM v.last_seen)::int8, 0)
FROM chosen c
LEFT JOIN address d ON d.asset_id = c.asset_id AND d.until_run IS NULL
LEFT JOIN asset_current v ON v.asset_id = c.asset_id
ORDER BY c.asset_id, d.address
