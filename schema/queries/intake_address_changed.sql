-- SPDX-License-Identifier: Apache-2.0
-- Ends address rows that are something else now.
-- $1::int8 : run
UPDATE address a
SET until_run = $1
FROM address_told t
WHERE t.was AND a.asset_id = t.asset_id AND a.address = t.address AND a.until_run IS NULL
