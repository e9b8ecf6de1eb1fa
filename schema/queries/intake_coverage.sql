-- SPDX-License-Identifier: Apache-2.0
-- Keeps what the run looked at.
-- $1::int8 : batch
-- $2::int8 : run
INSERT INTO coverage (run_id, cidr, method, transport, ports)
SELECT DISTINCT $2, cidr, method, transport, ports::int4multirange
FROM stage_coverage
WHERE batch = $1
