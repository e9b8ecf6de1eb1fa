-- SPDX-License-Identifier: Apache-2.0
-- Takes rows into staging.
COPY pg_temp.identify_said (realm_id, unit, system, pack, eval_id, version, pack_sha256, outcome,
    score, missing, verdicts, degrees, dues, inputs, inputs_sha256, explanation_sha256, basis,
    notable, silent, measured, until_day)
FROM STDIN (FORMAT binary)
