-- SPDX-License-Identifier: Apache-2.0
-- The open services of the assets at the addresses that are asked for, in the same way.
-- $1::int8 : batch
CREATE TEMPORARY TABLE service ON COMMIT DROP AS
SELECT asset_id, address, transport, port, protocol, until_run
FROM cadastre_all.service
WHERE until_run IS NULL AND asset_id = ANY (ARRAY(
    SELECT DISTINCT a.asset_id
    FROM cadastre.stage_wanted w
    JOIN pg_temp.address a ON a.address = w.address AND a.until_run IS NULL
    WHERE w.batch = $1))
