-- SPDX-License-Identifier: Apache-2.0
-- Services that were looked for at an address that answered, and did not answer: where fewer of those
-- that were held answered than there were.
-- $1::int8 : batch
-- $2::int8 : run
-- $3::int4 : realm
-- $4::bool : the vantage is the Internet
CREATE TEMPORARY TABLE service_missing ON COMMIT DROP AS
WITH short AS MATERIALIZED (
    SELECT i.asset_id, i.address
    FROM stage_unsettled i
    LEFT JOIN (
        SELECT asset_id, address, count(*) AS met
        FROM service_told
        WHERE seen
        GROUP BY asset_id, address) t USING (asset_id, address)
    WHERE i.batch = $1 AND i.owes AND coalesce(t.met, 0) < i.held
), candidate AS MATERIALIZED (
    SELECT s.asset_id, s.address, s.transport, s.port
    FROM service s
    JOIN short USING (asset_id, address)
    WHERE s.realm_id = $3 AND s.until_run IS NULL
      AND CASE WHEN $4 THEN s.exposed ELSE s.internal END
      AND NOT EXISTS (
          SELECT FROM service_told n
          WHERE n.asset_id = s.asset_id AND n.address = s.address
            AND n.transport = s.transport AND n.port = s.port)
)
SELECT c.*
FROM candidate c
WHERE EXISTS (
    SELECT FROM coverage v
    WHERE v.run_id = $2 AND v.method <> 'listening' AND v.transport = c.transport
      AND c.address <<= v.cidr AND v.ports @> c.port)
ORDER BY c.asset_id, c.address, c.transport, c.port
