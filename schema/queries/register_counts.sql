-- SPDX-License-Identifier: Apache-2.0
-- How many organisations, systems, businesses, rules and subnets, dependencies, and other things
-- an import touched: an organisation or system counts once, whichever of its statements changed.
-- $1::int8 : the import
WITH system_touched AS (
    SELECT id AS system FROM system WHERE from_import = $1 OR until_import = $1
    UNION SELECT system FROM system_tier WHERE from_import = $1 OR until_import = $1
    UNION SELECT system FROM damage WHERE from_import = $1 OR until_import = $1
    UNION SELECT system FROM filing WHERE from_import = $1 OR until_import = $1
    UNION SELECT system FROM assessment WHERE from_import = $1 OR until_import = $1
    UNION SELECT system FROM metric WHERE from_import = $1 OR until_import = $1
    UNION SELECT system FROM system_list WHERE from_import = $1 OR until_import = $1
    UNION SELECT system FROM business_support WHERE from_import = $1 OR until_import = $1
    UNION SELECT system FROM controlled_unit WHERE from_import = $1 OR until_import = $1
    UNION SELECT system FROM answer WHERE from_import = $1 OR until_import = $1
    UNION SELECT system FROM scenario WHERE from_import = $1 OR until_import = $1)
SELECT
    (SELECT count(*) FROM (
        SELECT id FROM organisation WHERE from_import = $1 OR until_import = $1
        UNION SELECT organisation FROM org_role
            WHERE from_import = $1 OR until_import = $1
        UNION SELECT organisation FROM org_contact
            WHERE from_import = $1 OR until_import = $1
        UNION SELECT organisation FROM org_event
            WHERE from_import = $1 OR until_import = $1
        UNION SELECT organisation FROM org_metric
            WHERE from_import = $1 OR until_import = $1
        UNION SELECT organisation FROM org_answer
            WHERE from_import = $1 OR until_import = $1) AS touched),
    (SELECT count(*) FROM system_touched),
    (SELECT count(DISTINCT id) FROM business WHERE from_import = $1 OR until_import = $1),
    (SELECT count(DISTINCT (rule, value)) FROM system_rule
        WHERE from_import = $1 OR until_import = $1)
    + (SELECT count(DISTINCT prefix) FROM subnet
        WHERE from_import = $1 OR until_import = $1),
    (SELECT count(DISTINCT (from_system, on_system)) FROM dependency
        WHERE from_import = $1 OR until_import = $1),
    (SELECT count(*) FROM (
        SELECT 'facility', id FROM facility WHERE from_import = $1 OR until_import = $1
        UNION SELECT 'zone', id FROM zone WHERE from_import = $1 OR until_import = $1
        UNION SELECT 'conduit', id FROM conduit WHERE from_import = $1 OR until_import = $1
        UNION SELECT 'circuit', id FROM circuit WHERE from_import = $1 OR until_import = $1
        UNION SELECT 'contract', id FROM contract WHERE from_import = $1 OR until_import = $1
        UNION SELECT 'remote', id FROM remote_maintenance
            WHERE from_import = $1 OR until_import = $1
        UNION SELECT 'position', id FROM position WHERE from_import = $1 OR until_import = $1
        UNION SELECT 'data', id FROM data_resource
            WHERE from_import = $1 OR until_import = $1
        UNION SELECT subject, value || ' ' || duty || ' ' || organisation FROM responsibility
            WHERE from_import = $1 OR until_import = $1
        UNION SELECT selector, asset || ' ' || attribute || ' ' || item FROM asset_statement
            WHERE from_import = $1 OR until_import = $1) AS touched)
