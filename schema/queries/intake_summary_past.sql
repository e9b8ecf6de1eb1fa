-- SPDX-License-Identifier: Apache-2.0
-- Files the summaries that are others now, as they were until this run.
-- $1::int8 : batch
-- $2::int8 : run
INSERT INTO asset_past (asset_id, until_run, name, role, role_reason, vendor, model, os)
SELECT o.asset_id, $2, o.name, o.role, o.role_reason, o.vendor, o.model, o.os
FROM stage_summary o
JOIN asset a USING (asset_id)
WHERE o.batch = $1 AND (o.name, o.role, o.role_reason, o.vendor, o.model, o.os)
    IS DISTINCT FROM (a.name, a.role, a.role_reason, a.vendor, a.model, a.os)
ORDER BY o.asset_id
