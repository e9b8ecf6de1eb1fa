-- SPDX-License-Identifier: Apache-2.0
-- Knows the run that is being filed.
INSERT INTO run SELECT (x.r).* FROM (
    SELECT line::run AS r FROM pg_temp.node_incoming WHERE tab = 'run' OFFSET 0) x
ON CONFLICT DO NOTHING
