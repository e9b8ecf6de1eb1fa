-- SPDX-License-Identifier: Apache-2.0
-- Keeps what packs say that differs from the newest of the same subject and pack.
INSERT INTO norm_eval (id, realm_id, unit, system, pack, version, pack_sha256, outcome, score,
    missing, verdicts, degrees, dues, inputs, inputs_sha256, explanation_sha256, until_day)
OVERRIDING SYSTEM VALUE
SELECT s.eval_id, s.realm_id, s.unit, s.system, s.pack, s.version, s.pack_sha256, s.outcome,
    s.score, s.missing, s.verdicts, s.degrees, s.dues, s.inputs, s.inputs_sha256,
    s.explanation_sha256, s.until_day
FROM pg_temp.identify_said s
WHERE s.inputs IS NOT NULL AND NOT EXISTS (SELECT FROM norm_standing o
    WHERE o.realm_id = s.realm_id AND o.unit = s.unit AND o.system = s.system
        AND o.pack = s.pack AND o.basis = s.basis)
