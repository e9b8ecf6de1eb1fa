-- SPDX-License-Identifier: Apache-2.0
-- Of several greetings of one service the best counts: if that one says what the register says,
-- nothing is told.
-- $1::int8 : batch
DELETE FROM service_told t
USING stage_service n
WHERE n.batch = $1 AND t.was AND n.address = t.address AND n.transport = t.transport
  AND n.port = t.port
  AND (CASE WHEN n.protocol = '' THEN 2 ELSE 0 END + CASE WHEN n.product = '' THEN 1 ELSE 0 END,
       n.number) < (t.rank, t.number)
