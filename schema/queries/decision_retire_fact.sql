-- SPDX-License-Identifier: Apache-2.0
-- States that an asset is retired.
-- $1::int8 : asset
-- $2::int8 : run of the decision
INSERT INTO fact
	(asset_id, subject, attribute, source, value, realm_id, grade, method, from_run)
SELECT asset_id, '', 'state', 'decision', 'retired', realm_id, 'attested', 'decision', $2
FROM asset
WHERE asset_id = $1
