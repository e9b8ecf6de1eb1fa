-- SPDX-License-Identifier: Apache-2.0
-- Addresses of assets that are there, each with its subnet: the longest that the register
-- names; else the longest that a run covered as a whole, if it is no wider than /24 or /64; else
-- the /24 or /64 around it. Prefixes are of few lengths: those of each length are joined by
-- their bytes.
-- $1::text : realm; NULL: all
WITH lengths AS (
    SELECT DISTINCT family(prefix) AS family, masklen(prefix) AS length FROM subnet
    WHERE until_import IS NULL
), covered AS (
    SELECT DISTINCT n.realm_id, c.cidr FROM coverage c JOIN run n USING (run_id)
    WHERE CASE family(c.cidr) WHEN 4 THEN masklen(c.cidr) BETWEEN 24 AND 30
        ELSE masklen(c.cidr) BETWEEN 64 AND 126 END
), there AS MATERIALIZED (
    SELECT d.asset_id, d.address, d.mac, d.realm_id
    FROM address d
    JOIN asset a USING (asset_id)
    JOIN realm r ON r.realm_id = a.realm_id
    WHERE d.until_run IS NULL AND a.merged_into IS NULL AND a.state = 'seen'
        AND ($1 IS NULL OR r.name = $1)
), named AS (
    SELECT DISTINCT ON (d.asset_id, d.address) d.asset_id, d.address, s.prefix::inet AS prefix,
        s.name, s.zone
    FROM there d
    JOIN lengths l ON l.family = family(d.address)
    JOIN subnet s ON s.realm_id = d.realm_id AND s.until_import IS NULL
        AND s.prefix = network(set_masklen(d.address, l.length))
    ORDER BY d.asset_id, d.address, l.length DESC
)
SELECT d.asset_id, d.address, coalesce(d.mac::text, ''), d.realm_id,
    network(coalesce(named.prefix, seen.cidr, set_masklen(d.address,
        CASE family(d.address) WHEN 4 THEN 24 ELSE 64 END))) AS subnet,
    coalesce(named.name, ''), coalesce(named.zone, '')
FROM there d
LEFT JOIN named ON named.asset_id = d.asset_id AND named.address = d.address
LEFT JOIN LATERAL (
    SELECT cidr FROM covered
    WHERE named.prefix IS NULL AND covered.realm_id = d.realm_id AND cidr >>= d.address
    ORDER BY masklen(cidr) DESC LIMIT 1) AS seen ON true
ORDER BY d.asset_id, d.address
