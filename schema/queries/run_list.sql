-- SPDX-License-Identifier: Apache-2.0
-- Runs in the order of their filing. Of a scan that was stopped the bundle is complete, and the run is not.
-- $1::text : only of this realm; NULL: any
-- $2::int8 : only this one; NULL: any
SELECT u.run_id, r.name, u.vantage, u.tool, u.plan,
    CASE WHEN u.outcome = 'complete' AND EXISTS (
        SELECT FROM run_counter c WHERE c.run_id = u.run_id AND c.name = 'stopped' AND c.value > 0)
    THEN 'stopped' ELSE u.outcome END,
    u.bundle_id,
    (extract(epoch FROM u.started) * 1000000)::int8, (extract(epoch FROM u.ended) * 1000000)::int8,
    (extract(epoch FROM u.filed) * 1000000)::int8, u.taken, u.refused_scope, u.refused_invalid,
    u.assets_new, u.assets_seen, u.assets_quiet, u.services_new, u.services_changed,
    u.services_gone, u.facts_written, u.late
FROM run u JOIN realm r USING (realm_id)
WHERE ($1 IS NULL OR r.name = $1) AND ($2 IS NULL OR u.run_id = $2)
ORDER BY u.run_id
