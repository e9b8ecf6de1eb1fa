-- SPDX-License-Identifier: Apache-2.0
-- Keeps the newest run that met each asset, by its own time. Few assets differ in the runs that met them,
-- so the newest is found once for each kind of asset.
CREATE TEMPORARY TABLE asset_seen ON COMMIT DROP AS
WITH counted AS MATERIALIZED (
    SELECT run_id, run_id::int4 AS run, row_number() OVER (ORDER BY ended, run_id) AS place
    FROM run_then
), met AS MATERIALIZED (
    SELECT asset_id, coalesce(up, '{}') + coalesce(heard, '{}') AS runs FROM seen_ever
    UNION ALL
    SELECT asset_id, coalesce(up, '{}') + coalesce(heard, '{}') FROM asset_run
), newest AS (
    SELECT kind.runs, n.run_id, n.place
    FROM (SELECT DISTINCT runs FROM met) AS kind
    CROSS JOIN LATERAL (SELECT * FROM counted WHERE kind.runs @> counted.run
        ORDER BY counted.place DESC LIMIT 1) AS n
)
SELECT DISTINCT ON (met.asset_id) met.asset_id, n.run_id AS last_run
FROM met JOIN newest n USING (runs)
ORDER BY met.asset_id, n.place DESC
