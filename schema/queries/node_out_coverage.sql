-- SPDX-License-Identifier: Apache-2.0
-- Gives what was looked at.
COPY (SELECT (SELECT cadastre.node_setting('batch')::int8), cidr, method, transport, ports
      FROM cadastre.stage_coverage WHERE batch = (SELECT cadastre.node_setting('batch_all')::int8))
TO STDOUT (FORMAT binary)
