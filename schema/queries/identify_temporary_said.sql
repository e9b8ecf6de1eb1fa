-- SPDX-License-Identifier: Apache-2.0
-- What packs say that is not kept yet; inputs NULL: only what stands differs.
CREATE TEMPORARY TABLE identify_said (
    realm_id int4, unit text, system text, pack text, eval_id int8, version text,
    pack_sha256 text, outcome text, score int4, missing text, verdicts text, degrees text,
    dues text, inputs text, inputs_sha256 text, explanation_sha256 text, basis bytea, notable bool, silent bool,
    measured bool, until_day int4) ON COMMIT DROP
