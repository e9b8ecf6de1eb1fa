-- SPDX-License-Identifier: Apache-2.0
-- Moves services from one asset to another: they end there and go on here.
-- $1::int8 : from this asset
-- $2::int8 : to this one
-- $3::int8 : run of the decision
-- $4::text : only of these addresses, with spaces between; NULL: all
WITH moved AS (
    UPDATE service
    SET until_run = $3
    WHERE asset_id = $1 AND until_run IS NULL
      AND ($4::text IS NULL OR address = ANY (string_to_array($4, ' ')::inet[]))
    RETURNING *
)
INSERT INTO service
	(asset_id, address, transport, port, realm_id, protocol, vendor, product, version, cpe,
	internal, exposed, method, evidence, digest, from_run)
SELECT $2, address, transport, port, realm_id, protocol, vendor, product, version, cpe,
	internal, exposed, method, evidence, digest, $3
FROM moved
ON CONFLICT DO NOTHING
