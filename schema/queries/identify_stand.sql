-- SPDX-License-Identifier: Apache-2.0
-- And it is what stands from now on.
INSERT INTO norm_standing AS o (realm_id, unit, system, pack, eval_id, basis, outcome, notable,
    silent, measured, until_day)
SELECT realm_id, unit, system, pack, eval_id, basis, outcome, notable, silent, measured, until_day
FROM pg_temp.identify_said
ON CONFLICT (realm_id, unit, system, pack) DO UPDATE SET eval_id = excluded.eval_id,
    basis = excluded.basis, outcome = excluded.outcome, notable = excluded.notable,
    silent = excluded.silent, measured = excluded.measured, until_day = excluded.until_day
