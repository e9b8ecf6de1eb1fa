-- SPDX-License-Identifier: Apache-2.0
-- Assets that no run before this one, by its own time, had met were first met by it.
-- $1::int8 : run
UPDATE asset a
SET first_run = $1
FROM run_met m, run f, run n
WHERE a.asset_id = m.asset_id AND f.run_id = a.first_run AND n.run_id = $1
  AND n.ended < f.ended
