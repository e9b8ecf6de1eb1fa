-- SPDX-License-Identifier: Apache-2.0
-- For every address of a late run: the next run, by its own time, that looked there.
-- $1::int8 : batch
-- $2::int8 : run
CREATE TEMPORARY TABLE late_place ON COMMIT DROP AS
SELECT i.asset_id, i.address, n.ended, EXISTS (
           SELECT FROM coverage c
           WHERE c.run_id = $2 AND c.method <> 'listening' AND n.outcome = 'complete'
             AND i.address <<= c.cidr) AS looked,
       (SELECT r.run_id FROM run r
        WHERE r.realm_id = n.realm_id AND r.vantage = n.vantage AND r.ended > n.ended
          AND r.outcome = 'complete'
          AND EXISTS (SELECT FROM coverage c
                      WHERE c.run_id = r.run_id AND c.method <> 'listening'
                        AND i.address <<= c.cidr)
        ORDER BY r.ended, r.run_id LIMIT 1) AS next_run
FROM stage_identity i
JOIN run n ON n.run_id = $2
WHERE i.batch = $1
