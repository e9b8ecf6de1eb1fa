-- SPDX-License-Identifier: Apache-2.0
-- Addresses of the batch that are or may become an asset's, and whose they are now. A MAC that moves
-- between devices is left out and named.
-- $1::int8 : batch
-- $2::int4 : realm
SELECT e.address, CASE WHEN v.note IS NULL THEN e.mac END, e.up, e.method,
       coalesce(a.asset_id, 0), v.note
FROM (SELECT address, (array_agg(mac ORDER BY mac) FILTER (WHERE mac IS NOT NULL))[1] AS mac,
             bool_or(up) AS up, bool_or(makes) AS makes,
             (array_agg(method ORDER BY up DESC, makes DESC, method <> 'trace', method))[1] AS method
      FROM stage_endpoint
      WHERE batch = $1
      GROUP BY address) e
LEFT JOIN address a ON a.address = e.address AND a.realm_id = $2 AND a.until_run IS NULL
LEFT JOIN LATERAL (
    SELECT v.note FROM virtual_mac v
    WHERE starts_with(e.mac::text, v.prefix) AND v.kind = 'redundancy'
    LIMIT 1) v ON true
WHERE e.makes OR a.asset_id IS NOT NULL
ORDER BY e.address
