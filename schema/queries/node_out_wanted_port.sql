-- SPDX-License-Identifier: Apache-2.0
-- Gives the ports of the wanted addresses.
COPY (SELECT (SELECT cadastre.node_setting('batch_all')::int8), s.address, s.transport, s.port
      FROM cadastre.stage_port s
      WHERE s.batch = (SELECT cadastre.node_setting('batch')::int8)
        AND s.address IN (SELECT w.address FROM cadastre.stage_wanted w WHERE w.batch = s.batch))
TO STDOUT (FORMAT binary)
