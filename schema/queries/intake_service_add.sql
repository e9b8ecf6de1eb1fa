-- SPDX-License-Identifier: Apache-2.0
-- Adds the services that are there and not yet filed as they are. Answers how many are new
-- and how many changed.
-- $1::int8 : run
-- $2::int4 : realm
WITH added AS (
    INSERT INTO service
        (asset_id, address, transport, port, realm_id, protocol, vendor, product, version, cpe,
         internal, exposed, method, evidence, digest, from_run)
    SELECT asset_id, address, transport, port, $2, protocol, vendor, product, version, cpe,
           internal, exposed, method, evidence, digest, $1
    FROM service_told
    WHERE differs
    ORDER BY asset_id, address, transport, port
)
SELECT count(*) FILTER (WHERE NOT was), count(*) FILTER (WHERE was)
FROM service_told
WHERE differs
