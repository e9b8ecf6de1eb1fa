-- SPDX-License-Identifier: Apache-2.0
-- Merges that runs decided: which run, what was merged, and into what.
-- $1::text : the runs, ids between commas
SELECT run_id, asset_id, other_asset_id
FROM asset_decision
WHERE kind = 'merge' AND run_id = ANY (CAST(string_to_array($1, ',') AS int8[]))
ORDER BY run_id, asset_id
