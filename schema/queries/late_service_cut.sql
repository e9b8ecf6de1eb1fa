-- SPDX-License-Identifier: Apache-2.0
-- Rows of other late runs in the table service reach to this run, which looked there too, instead of to
-- a later one: the order in which late runs come makes no difference. What is open and was looked
-- for by a newer run stays.
-- $1::int8 : batch
-- $2::int8 : run
UPDATE service o
SET until_run = $2,
    ended_before = nullif(array_remove(o.ended_before || o.until_run, NULL), '{}')
FROM late_place p, run f
WHERE o.asset_id = p.asset_id AND o.address = p.address
  AND (EXISTS (SELECT FROM coverage c
               WHERE c.run_id = $2 AND c.method <> 'listening' AND p.looked
                 AND c.transport = o.transport AND o.address <<= c.cidr AND c.ports @> o.port)
       OR EXISTS (SELECT FROM stage_service s
                  WHERE s.batch = $1 AND s.address = o.address AND s.transport = o.transport
                    AND s.port = o.port)
       OR EXISTS (SELECT FROM stage_port s
                  WHERE s.batch = $1 AND s.address = o.address AND s.transport = o.transport
                    AND s.port = o.port)) AND o.from_run = f.run_id AND f.late
  AND f.ended < p.ended
  AND CASE WHEN o.until_run IS NULL THEN p.next_run IS NULL
           ELSE (SELECT u.ended > p.ended FROM run u WHERE u.run_id = o.until_run) END
