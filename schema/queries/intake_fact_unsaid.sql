-- SPDX-License-Identifier: Apache-2.0
-- Statements about services of the batch's assets that nobody makes any more in it, with the
-- service that each is about.
-- $1::int8 : batch
CREATE TEMPORARY TABLE fact_unsaid ON COMMIT DROP AS
WITH unsaid AS MATERIALIZED (
    SELECT f.asset_id, f.subject, f.attribute, f.source
    FROM fact f
    WHERE f.until_run IS NULL AND f.subject ~ '^[0-9a-f.:]+ (tcp|udp|sctp)/[0-9]+$'
      AND f.asset_id IN (SELECT asset_id FROM stage_identity WHERE batch = $1)
      AND NOT EXISTS (
          SELECT FROM stage_statement s
          JOIN stage_identity i ON i.batch = $1 AND i.address = s.address
          WHERE s.batch = $1 AND s.kind = 'fact' AND i.asset_id = f.asset_id
            AND s.subject = f.subject AND s.attribute = f.attribute AND s.source = f.source)
)
SELECT u.*, split_part(u.subject, ' ', 1)::inet AS address,
       CASE split_part(split_part(u.subject, ' ', 2), '/', 1) WHEN 'tcp' THEN 6 WHEN 'udp' THEN 17
            ELSE 132 END::int2 AS transport,
       split_part(u.subject, '/', 2)::int4 AS port
FROM unsaid u
