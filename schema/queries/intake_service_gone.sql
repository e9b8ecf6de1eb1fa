-- SPDX-License-Identifier: Apache-2.0
-- Ends services that are missing. One that is still seen from the other side goes on, changed.
-- Answers how many ended and how many of them go on.
-- $1::int8 : run
-- $2::bool : the vantage is the Internet
WITH closed AS (
    UPDATE service s
    SET until_run = $1
    FROM service_missing m
    WHERE s.asset_id = m.asset_id AND s.address = m.address AND s.transport = m.transport
      AND s.port = m.port AND s.until_run IS NULL
    RETURNING s.*
), kept AS (
    INSERT INTO service
        (asset_id, address, transport, port, realm_id, protocol, vendor, product, version, cpe,
         internal, exposed, method, evidence, digest, from_run)
    SELECT asset_id, address, transport, port, realm_id, protocol, vendor, product, version,
           cpe, internal AND $2, exposed AND NOT $2, method, evidence, digest,
           $1
    FROM closed
    WHERE CASE WHEN $2 THEN internal ELSE exposed END
    ORDER BY asset_id, address, transport, port
    RETURNING asset_id
)
SELECT (SELECT count(*) FROM closed), (SELECT count(*) FROM kept)
