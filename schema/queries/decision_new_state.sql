-- SPDX-License-Identifier: Apache-2.0
-- What a quiet asset leaves behind is quiet too.
-- $1::int8 : the asset that a split made
-- $2::int8 : the asset that it was part of
-- $3::int8 : run of the decision
INSERT INTO fact
	(asset_id, subject, attribute, source, value, realm_id, grade, method, evidence, from_run)
SELECT $1, subject, attribute, source, value, realm_id, grade, method, evidence, $3
FROM fact
WHERE asset_id = $2 AND subject = '' AND attribute = 'state' AND source = 'intake'
  AND until_run IS NULL
