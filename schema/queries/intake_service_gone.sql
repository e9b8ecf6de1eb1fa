-- SPDX-License-Identifier: Apache-2.0
-- Ends services that were looked for at an address that answered, and did not answer. One
-- that is still seen from the other side goes on, changed. Answers how many ended and how many
-- of them go on.
-- $1::int8 : batch
-- $2::int8 : run
-- $3::int4 : realm
-- $4::bool : the vantage is the Internet
WITH candidate AS MATERIALIZED (
    SELECT s.asset_id, s.address, s.transport, s.port
    FROM service s
    JOIN stage_identity i ON i.batch = $1 AND i.address = s.address
        AND i.asset_id = s.asset_id AND i.up
    WHERE s.realm_id = $3 AND s.until_run IS NULL
      AND CASE WHEN $4 THEN s.exposed ELSE s.internal END
      AND NOT EXISTS (
          SELECT FROM stage_seen n
          WHERE n.batch = $1 AND n.asset_id = s.asset_id AND n.address = s.address
            AND n.transport = s.transport AND n.port = s.port)
), missing AS (
    SELECT c.*
    FROM candidate c
    WHERE EXISTS (
        SELECT FROM coverage v
        WHERE v.run_id = $2 AND v.method <> 'listening' AND v.transport = c.transport
          AND c.address <<= v.cidr AND v.ports @> c.port)
), closed AS (
    UPDATE service s
    SET until_run = $2
    FROM missing m
    WHERE s.asset_id = m.asset_id AND s.address = m.address AND s.transport = m.transport
      AND s.port = m.port AND s.until_run IS NULL
    RETURNING s.*
), kept AS (
    INSERT INTO service
        (asset_id, address, transport, port, realm_id, protocol, vendor, product, version, cpe,
         internal, exposed, method, evidence, from_run)
    SELECT asset_id, address, transport, port, realm_id, protocol, vendor, product, version,
           cpe, internal AND $4, exposed AND NOT $4, method, evidence, $2
    FROM closed
    WHERE CASE WHEN $4 THEN internal ELSE exposed END
    RETURNING asset_id
)
SELECT (SELECT count(*) FROM closed), (SELECT count(*) FROM kept)
