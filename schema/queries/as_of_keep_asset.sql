-- SPDX-License-Identifier: Apache-2.0
-- Keeps the assets that were there. The view of the same name says what they are, one by one; here it is
-- reckoned for all at once. Whoever changes one changes the other.
CREATE TEMPORARY TABLE asset ON COMMIT DROP AS
WITH RECURSIVE counted AS MATERIALIZED (
    SELECT run_id, row_number() OVER (ORDER BY ended, run_id) AS place FROM run_then
), placed AS MATERIALIZED (
    SELECT d.asset_id, bool_or(c.place IS NOT NULL) AS there, min(c.place) AS first
    FROM address_ever d LEFT JOIN counted c ON c.run_id = d.from_run GROUP BY d.asset_id
), heard AS MATERIALIZED (
    -- By their MAC, without a place.
    SELECT k.asset_id, min(c.place) AS first
    FROM identity_key_ever k JOIN counted c ON c.run_id = k.from_run
    WHERE k.type = 'station' GROUP BY k.asset_id
), merge AS MATERIALIZED (
    SELECT asset_id, other_asset_id FROM asset_decision WHERE kind = 'merge'
), self (root, asset_id) AS (
    SELECT other_asset_id, other_asset_id FROM merge
    UNION
    SELECT s.root, m.asset_id FROM self s JOIN merge m ON m.other_asset_id = s.asset_id
), whole AS (
    SELECT s.root AS asset_id, min(least(d.first, h.first)) AS first
    FROM self s
    LEFT JOIN placed d ON d.asset_id = s.asset_id
    LEFT JOIN heard h ON h.asset_id = s.asset_id
    GROUP BY s.root
), into_one AS (
    SELECT asset_id, max(other_asset_id) AS merged_into FROM merge GROUP BY asset_id
), past AS (
    SELECT DISTINCT ON (o.asset_id) o.*
    FROM asset_past o JOIN cadastre.run u ON u.run_id = o.until_run
    WHERE NOT (SELECT runs_then()) @> o.until_run
    ORDER BY o.asset_id, u.ended, u.run_id
), state AS (
    SELECT asset_id, CASE WHEN bool_or(retired) THEN 'retired' ELSE 'quiet' END AS state
    FROM (SELECT asset_id, false AS retired FROM fact
            WHERE subject = '' AND attribute = 'state' AND source = 'intake'
        UNION ALL
        SELECT asset_id, true FROM asset_decision WHERE kind = 'retire') AS s
    GROUP BY asset_id
)
SELECT a.asset_id, a.realm_id, coalesce(p.name, a.name) AS name, coalesce(p.role, a.role) AS role,
    coalesce(p.role_reason, a.role_reason) AS role_reason, coalesce(state.state, 'seen') AS state,
    coalesce(p.vendor, a.vendor) AS vendor, coalesce(p.model, a.model) AS model,
    coalesce(p.os, a.os) AS os, a.seen_from, coalesce(c.run_id, a.first_run) AS first_run,
    CASE WHEN f.late THEN 0 ELSE a.first_run END AS last_run,
    coalesce(i.merged_into, CASE WHEN (SELECT runs_then()) @> a.merge_run THEN a.merged_into END)
        AS merged_into,
    a.merge_run, a.merge_reason
FROM asset_now a
LEFT JOIN cadastre.run f ON f.run_id = a.first_run
LEFT JOIN placed d ON d.asset_id = a.asset_id
LEFT JOIN heard h ON h.asset_id = a.asset_id
LEFT JOIN pg_temp.asset_seen s ON s.asset_id = a.asset_id
LEFT JOIN whole w ON w.asset_id = a.asset_id
LEFT JOIN counted c ON c.place = coalesce(w.first, least(d.first, h.first))
LEFT JOIN into_one i ON i.asset_id = a.asset_id
LEFT JOIN past p ON p.asset_id = a.asset_id
LEFT JOIN state ON state.asset_id = a.asset_id
WHERE d.there OR s.asset_id IS NOT NULL
    OR (d.asset_id IS NULL AND (SELECT runs_then()) @> a.first_run)
