-- SPDX-License-Identifier: Apache-2.0
-- How many organisations, systems, businesses, rules and subnets, dependencies an import
-- touched: an organisation or system counts once, whichever of its statements changed.
-- $1::int8 : the import
WITH system_touched AS (
    SELECT id AS system FROM system WHERE from_import = $1 OR until_import = $1
    UNION SELECT system FROM system_tier WHERE from_import = $1 OR until_import = $1
    UNION SELECT system FROM metric WHERE from_import = $1 OR until_import = $1
    UNION SELECT system FROM system_list WHERE from_import = $1 OR until_import = $1
    UNION SELECT system FROM business_support WHERE from_import = $1 OR until_import = $1
    UNION SELECT system FROM controlled_unit WHERE from_import = $1 OR until_import = $1
    UNION SELECT system FROM answer WHERE from_import = $1 OR until_import = $1)
SELECT
    (SELECT count(*) FROM (
        SELECT id FROM organisation WHERE from_import = $1 OR until_import = $1
        UNION SELECT organisation FROM org_role
            WHERE from_import = $1 OR until_import = $1) AS touched),
    (SELECT count(*) FROM system_touched),
    (SELECT count(DISTINCT id) FROM business WHERE from_import = $1 OR until_import = $1),
    (SELECT count(DISTINCT (rule, value)) FROM system_rule
        WHERE from_import = $1 OR until_import = $1)
    + (SELECT count(DISTINCT prefix) FROM subnet
        WHERE from_import = $1 OR until_import = $1),
    (SELECT count(DISTINCT (from_system, on_system)) FROM dependency
        WHERE from_import = $1 OR until_import = $1)
