-- SPDX-License-Identifier: Apache-2.0
-- Moves names from one asset to another: they end there and go on here.
-- $1::int8 : from this asset
-- $2::int8 : to this one
-- $3::int8 : run of the decision
-- $4::text : only of these addresses, with spaces between; NULL: all
WITH moved AS (
    UPDATE name
    SET until_run = $3
    WHERE asset_id = $1 AND until_run IS NULL
      AND ($4::text IS NULL OR address = ANY (string_to_array($4, ' ')::inet[]))
    RETURNING *
)
INSERT INTO name
	(asset_id, address, name, source, realm_id, grade, method, evidence, from_run)
SELECT $2, address, name, source, realm_id, grade, method, evidence, $3
FROM moved
ON CONFLICT DO NOTHING
