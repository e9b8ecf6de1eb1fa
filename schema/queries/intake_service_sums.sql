-- SPDX-License-Identifier: Apache-2.0
-- Addresses at which the services of the batch may differ from those of the register, seen from the
-- vantage. They do not where the sums are equal: every port that answered, with what it greeted
-- with if it did, is an open row, and every open row answered.
-- $1::int8 : batch
-- $2::bool : the vantage is the Internet
CREATE TEMPORARY TABLE service_sums ON COMMIT DROP AS
SELECT i.asset_id, i.address, i.up AND f.address IS NOT NULL AS owes, coalesce(f.held, 0) AS held, i.bare
FROM stage_identity i
LEFT JOIN (
    SELECT s.asset_id, s.address, sum(s.digest) AS digests, count(*) AS held,
           count(*) - count(s.digest) AS unknown
    FROM service s
    WHERE s.until_run IS NULL AND CASE WHEN $2 THEN s.exposed ELSE s.internal END
      AND s.asset_id IN (SELECT asset_id FROM stage_identity WHERE batch = $1)
    GROUP BY s.asset_id, s.address) f USING (asset_id, address)
WHERE i.batch = $1
  AND (i.digests IS NULL OR f.unknown > 0 OR i.digests <> coalesce(f.digests, 0))
