-- SPDX-License-Identifier: Apache-2.0
-- Adds statements.
-- $1::int8 : run
-- $2::int4 : realm
INSERT INTO fact
	(asset_id, subject, attribute, source, value, realm_id, grade, method, evidence, from_run)
SELECT asset_id, subject, attribute, source, value, $2, grade, method, evidence, $1
FROM fact_told
ORDER BY asset_id, subject, attribute, source
