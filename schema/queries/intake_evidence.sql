-- SPDX-License-Identifier: Apache-2.0
-- Keeps the raw bytes that new facts refer to.
-- $1::int8 : batch
-- $2::int8 : run
INSERT INTO evidence (sha256, kind, bytes, first_run)
SELECT DISTINCT ON (e.sha256) e.sha256, e.kind, e.bytes, $2
FROM stage_evidence e
WHERE e.batch = $1
  AND e.sha256 IN (
      SELECT evidence FROM service WHERE from_run = $2 AND evidence IS NOT NULL
      UNION ALL
      SELECT evidence FROM name WHERE from_run = $2 AND evidence IS NOT NULL
      UNION ALL
      SELECT evidence FROM fact WHERE from_run = $2 AND evidence IS NOT NULL
      UNION ALL
      SELECT evidence FROM identity_key WHERE from_run = $2 AND evidence IS NOT NULL
      UNION ALL
      SELECT evidence FROM link WHERE from_run = $2 AND evidence IS NOT NULL)
ORDER BY e.sha256, e.kind
ON CONFLICT DO NOTHING
