-- SPDX-License-Identifier: Apache-2.0
-- Moves an identity key that a person named.
-- $1::int8 : from this asset
-- $2::int8 : to this one
-- $3::int8 : run of the decision
-- $4::text : type
-- $5::text : value
WITH moved AS (
    UPDATE identity_key
    SET until_run = $3
    WHERE asset_id = $1 AND type = $4 AND value = $5 AND until_run IS NULL
    RETURNING *
)
INSERT INTO identity_key
	(asset_id, type, value, realm_id, strength, shared, verdict, reason, method, evidence,
	 from_run)
SELECT $2, type, value, realm_id, strength, shared, verdict, reason, method, evidence, $3
FROM moved
ON CONFLICT DO NOTHING
