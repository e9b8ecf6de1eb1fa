-- SPDX-License-Identifier: Apache-2.0
-- Keeps the summaries of known assets whose facts changed, before they are written anew.
-- $1::int8 : batch
-- $2::int8 : run
INSERT INTO stage_summary (batch, asset_id, name, role, role_reason, vendor, model, os)
SELECT $1, a.asset_id, a.name, a.role, a.role_reason, a.vendor, a.model, a.os
FROM (SELECT DISTINCT asset_id FROM stage_touched WHERE batch = $1) t
JOIN asset a USING (asset_id)
WHERE a.first_run < $2 AND a.merged_into IS NULL
