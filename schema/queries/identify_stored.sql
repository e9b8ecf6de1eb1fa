-- SPDX-License-Identifier: Apache-2.0
-- One proposal as it is kept.
-- Kept: asked for each of a list
-- $1::int8 : the proposal
SELECT unit, system, pack, version, pack_sha256, outcome, score, missing, inputs, inputs_sha256,
    explanation, explanation_sha256, verdicts, degrees, dues
FROM norm_eval WHERE id = $1
