-- SPDX-License-Identifier: Apache-2.0
-- The subnets that the register names, in the order of their prefixes.
-- $1::int4 : realm
-- $2::timestamptz : as of; NULL: now
-- $3::text : only those that hold one of these assets, numbers with commas; NULL: all
-- $4::int8 : only those that hold this asset; NULL: all
SELECT DISTINCT ON (n.prefix) n.prefix::text, n.name, n.zone, n.as_of::text, n.document,
    coalesce((extract(epoch FROM i.imported) * 1000000)::int8, 0), coalesce(n.vlan::text, ''),
    coalesce(n.facility, ''), n.function, n.importance
FROM subnet n
JOIN register_import i ON i.id = n.from_import
LEFT JOIN register_import u ON u.id = n.until_import
WHERE n.realm_id = $1 AND ($2 IS NULL OR n.as_of <= $2::date)
    AND (n.until_import IS NULL OR u.imported > $2)
    AND ($3 IS NULL OR EXISTS (
        SELECT FROM address d
        WHERE d.asset_id = ANY (string_to_array($3, ',')::int8[]) AND d.address <<= n.prefix))
    AND ($4 IS NULL OR EXISTS (
        SELECT FROM address d WHERE d.asset_id = $4 AND d.address <<= n.prefix))
ORDER BY n.prefix, n.as_of DESC, n.from_import DESC
